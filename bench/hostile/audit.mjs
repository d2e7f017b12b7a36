// The audit of the npm package graphql-http, of a service that runs:
//   npm install graphql-http graphql && node bench/hostile/audit.mjs http://127.0.0.1:8000/graphql
import { serverAudits } from "graphql-http";

const url = process.argv[2];
let failed = 0;
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const result = await audit.fn();
  if (result.status !== "ok") {
    failed += 1;
    console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
  }
}
console.log(`${serverAudits({ url, fetchFn: fetch }).length} checks, ${failed} not ok`);
process.exit(failed ? 1 : 0);
