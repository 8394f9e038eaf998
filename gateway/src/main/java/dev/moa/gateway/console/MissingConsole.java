package dev.moa.gateway.console;

/** The page that stands in for a console that was not built. No script, no style: the policy allows none inline. */
final class MissingConsole {

    static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>moa gateway</title></head>
            <body>
            <h1>The gateway runs. The console was not built.</h1>
            <p>Node.js 20 or newer with npm was missing when this gateway was built.</p>
            <ol>
            <li>Install it, on Debian and Ubuntu by <code>apt install nodejs npm</code>.</li>
            <li>Build again: <code>./mvnw -pl console,gateway -am package -DskipTests</code>.</li>
            <li>Start again: <code>./moa down</code>, then <code>./moa up</code>.</li>
            </ol>
            <p>All else works without it:</p>
            <ul>
            <li><code>POST /api/&lt;service&gt;/&lt;method&gt;</code> calls a service.</li>
            <li><code>/http/&lt;service&gt;/…</code> reaches a registered HTTP service.</li>
            <li><a href="/console/api/gateway/parts">/console/api/gateway/parts</a> tells how each part is; so does <code>./moa status</code>.</li>
            <li><a href="/console/api/registry/v1/services">/console/api/registry/v1/services</a> lists the services.</li>
            <li><a href="/console/api/monitor/v1/live">/console/api/monitor/v1/live</a> has the live numbers.</li>
            </ul>
            </body>
            </html>
            """;

    private MissingConsole() {}
}
