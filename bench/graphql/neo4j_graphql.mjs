// @neo4j/graphql on the shop's graph: `node neo4j_graphql.mjs PORT URI USER`, password in
// BENCH_PASSWORD. Served by fastify and mercurius, which is quicker than the server of its guide.
import { Neo4jGraphQL } from "@neo4j/graphql";
import Fastify from "fastify";
import mercurius from "mercurius";
import neo4j from "neo4j-driver";

const [port, uri, user] = process.argv.slice(2);
const driver = neo4j.driver(uri, neo4j.auth.basic(user, process.env.BENCH_PASSWORD));

const typeDefs = `
  type Product @node {
    id: ID!
    label: String!
    description: String
    aliases: [String!]
    shelves: [Category!]! @relationship(type: "HAS_CATEGORY", direction: OUT)
  }
  type Category @node {
    id: ID!
    label: String!
    products: [Product!]! @relationship(type: "HAS_CATEGORY", direction: IN)
    below: [Category!]! @relationship(type: "BROADER", direction: IN)
  }
`;
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();

const app = Fastify();
app.register(mercurius, { schema, jit: 1, context: () => ({ sessionConfig: { database: "neo4j" } }) });
await app.listen({ host: "127.0.0.1", port: Number(port) });
