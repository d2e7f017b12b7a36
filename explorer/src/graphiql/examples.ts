/** The questions that GraphiQL's tabs begin with, in the order of their file names. */
const files = import.meta.glob<string>("./examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

export const EXAMPLES = Object.keys(files)
  .sort()
  .map((name) => files[name] ?? "");
