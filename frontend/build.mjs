// Bundles the scripts into the folder that the last argument names: one small entry, and a chunk for each thing that only
// some pages need.
import { build } from "esbuild";

await build({
  entryPoints: ["kring.js"],
  outdir: process.argv.at(-1),
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["chrome111", "edge111", "firefox115", "safari16.4"],
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  legalComments: "none", // licenses.txt stands beside
  logLevel: "warning",
});
