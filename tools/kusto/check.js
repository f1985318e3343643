// Reads {tables: {name: {column: type}}, queries: {name: text}} from standard input and writes, for each query, what
// Microsoft's language service finds in it and which columns it gives. The first argument is the package's folder.
const fs = require("node:fs");
const path = require("node:path");

for (const part of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
  require(path.join(process.argv[2], part));
}
const { Symbols, GlobalState, KustoCode } = Kusto.Language;

const listed = (list) => (list ? Array.from({ length: list.Count }, (_, at) => list.getItem(at)) : []);
const schema = (columns) =>
  `(${Object.entries(columns)
    .map(([name, type]) => `['${name}']: ${type}`)
    .join(", ")})`;

const { tables, queries } = JSON.parse(fs.readFileSync(0, "utf-8"));
const symbols = Object.entries(tables).map(
  ([name, columns]) => new Symbols.TableSymbol.$ctor7(name, schema(columns), null),
);
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1("workspace", symbols));

const checked = (text) => {
  const code = KustoCode.ParseAndAnalyze(text, globals);
  return {
    findings: listed(code.GetDiagnostics()).map((each) => ({
      code: each.Code,
      severity: each.Severity,
      text: text.slice(each.Start, each.End),
      message: each.Message,
    })),
    columns: Object.fromEntries(listed(code.ResultType?.Columns).map((each) => [each.Name, each.Type.Name])),
  };
};
const results = Object.fromEntries(Object.entries(queries).map(([name, text]) => [name, checked(text)]));
process.stdout.write(JSON.stringify(results));
