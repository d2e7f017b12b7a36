import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

const OUT = fileURLToPath(new URL("../kgservice/explorer/files/", import.meta.url));

/** Below this many bytes the header of gzip and a second file are not worth it. */
const WORTH_IT = 1024;

/** Each text has a compressed copy beside it: the service serves it, and compresses nothing. */
const compressed = {
  name: "compressed",
  closeBundle() {
    for (const name of readdirSync(OUT, { recursive: true })) {
      if (!/\.(html|js|css|svg)$/.test(name)) continue;
      const content = readFileSync(join(OUT, name));
      if (content.length > WORTH_IT) writeFileSync(join(OUT, `${name}.gz`), gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  // Vite's own oxc reads the JSX; React is for GraphiQL alone, whose page says so in its source.
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [compressed],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: "es2022",
    // Those that know light-dark(): what stands in for it follows the system alone, not the choice.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // What is written into a page counts as a script or a style of the page: the policy forbids both.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4_000, // the editor of GraphiQL is one piece
    rolldownOptions: {
      input: { explorer: "index.html", graphiql: "graphiql.html" },
      // Libraries of GraphiQL say "use client" to servers that render React; there is none here.
      onLog: (level, log, tell) => log.code === "MODULE_LEVEL_DIRECTIVE" || tell(level, log),
    },
  },
  // While developing, GraphiQL is the service's own.
  optimizeDeps: { entries: ["index.html"] },
  server: { proxy: { "/graphql": process.env.KG_URL ?? "http://127.0.0.1:8000" } },
});
