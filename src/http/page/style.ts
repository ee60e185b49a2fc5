// The pages' style sheet.

export const STYLE = `:root {
  color-scheme: light dark;
  --text: #1b1f24; --quiet: #57606a; --ground: #ffffff; --raised: #f6f8fa; --line: #d0d7de; --link: #0757ba;
  --good: #116329; --fair: #7d4e00; --bad: #b3131d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --quiet: #9198a1; --ground: #0d1117; --raised: #161b22; --line: #3d444d; --link: #6cb0ff;
    --good: #56d364; --fair: #e3b341; --bad: #ff7b72;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem;
  font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground);
}
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: .9rem; margin: 1rem 0 .25rem; color: var(--quiet); }
p { margin: .25rem 0; }
a { color: var(--link); }
code, pre, input, select { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9rem; }
header { margin-bottom: 1.5rem; }
.quiet { color: var(--quiet); }
.healthy { color: var(--good); } .degraded { color: var(--fair); } .unhealthy { color: var(--bad); }
.figures { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1.5rem; padding: 0; }
.figures div {
  flex: 1 1 8rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--raised);
}
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere; }
.list { list-style: none; margin: 0; padding: 0; }
.list li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.endpoint {
  margin: 0 0 1rem; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--raised);
}
.method {
  display: inline-block; min-width: 3.2rem; padding: 0 .4rem; border: 1px solid var(--line); border-radius: .25rem;
  font-size: .8rem; text-align: center;
}
table { border-collapse: collapse; margin: .75rem 0; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.guide h2 { margin: 2rem 0 0; } .guide h3 { margin: 1.5rem 0 0; font-size: 1rem; color: inherit; }
.guide :target { padding-left: .5rem; border-left: 3px solid var(--link); }
form { margin-top: .75rem; }
label { display: block; margin-bottom: .75rem; }
input, select, button {
  padding: .35rem .6rem; color: var(--text); background: var(--ground); border: 1px solid var(--quiet);
  border-radius: .35rem; max-width: 100%;
}
input, select { display: block; width: 22rem; }
button { font: inherit; cursor: pointer; }
button:hover { border-color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
pre {
  margin: .25rem 0 0; padding: .75rem; max-height: 24rem; overflow: auto; background: var(--ground);
  border: 1px solid var(--line); border-radius: .35rem;
}
summary { cursor: pointer; color: var(--quiet); font-size: .9rem; margin-top: .5rem; }
output { display: block; margin-top: .75rem; }
`;
