// mercurius with JIT, over objects in memory: `node mercurius.mjs PORT ROWS`.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";

const [port, rows] = process.argv.slice(2);
const stored = JSON.parse(readFileSync(rows, "utf8"));

const app = Fastify();
app.register(mercurius, {
  // Compiled from the second time on that a document comes.
  jit: 1,
  schema: `
    type Entity { id: ID!, label: String!, description: String, degree: Int!, aliases: [String!]! }
    type Answers { nodes: [Entity!]! }
    type Query { answers(first: Int!): Answers! }
  `,
  resolvers: { Query: { answers: (_, { first }) => ({ nodes: stored.slice(0, first) }) } },
});
await app.listen({ host: "127.0.0.1", port: Number(port) });
