package dev.moa.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a newcomer does: starts the platform with the demo, pastes the README's commands, runs the callers and
 * services in other languages, looks at the console. On real processes, at another place of the port range.
 */
class ReadmeIT {

    private static final int OFFSET = 13_000;
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    private static Platform platform;
    private static Readme readme;

    @BeforeAll
    static void startPlatform() {
        PlatformOptions options = PlatformOptions.of(
                        Path.of("..").toAbsolutePath().normalize())
                .withRoot(Path.of("target/moa").toAbsolutePath())
                .withPortOffset(OFFSET)
                .withDemo(true)
                .withStartCaches(false);
        platform = new Platform(options, PlatformListener.silent());
        platform.start();
        platform.awaitHealthy(Duration.ofMinutes(4));
        readme = Readme.read("README.md", OFFSET);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Shell.run(readme.command("sh", "curl -s http://localhost:8080/api")))
                        .contains("\"code\":0"));
    }

    @AfterAll
    static void stopPlatform() {
        platform.close();
    }

    @Test
    void anyRedisClientCalls() {
        JsonNode response = json(Shell.run(readme.command("sh", "redis-cli -p 6390 GET")));

        assertThat(response.path("code").asInt()).isZero();
        assertThat(response.path("result").path("name").asString()).isEqualTo("Hana 7");
    }

    @Test
    void mgetIsABatch() {
        List<String> responses = Shell.run(readme.command("sh", "redis-cli -p 6383 MGET"))
                .lines()
                .toList();

        assertThat(responses).hasSize(2).allMatch(response -> response.contains("\"code\":0"));
        assertThat(responses.get(1)).contains("hello moa");
    }

    @Test
    void batchOfTenMarksTheOneThatFails() {
        JsonNode results = json(Shell.run(readme.command("sh", "/v1/batch"))).path("results");

        assertThat(results.size()).isEqualTo(10);
        for (JsonNode result : results) {
            boolean isBad = result.path("id").asString().equals("5");
            assertThat(result.path("code").asInt()).as(result.toString()).isEqualTo(isBad ? 5 : 0);
        }
    }

    @Test
    void callSaysWhyItWentWhereItWent() {
        Readme calling = Readme.read("docs/calling.md", OFFSET);
        String script = calling.command("sh", "moa call --why")
                .replace("./moa call --why", "../moa call --why --port-offset " + OFFSET);
        for (String command : List.of(script, calling.command("sh", "moa-why"))) {
            String printed = Shell.run(command);
            JsonNode response = json(printed.substring(printed.indexOf('{')));

            assertThat(response.path("result").asString()).isEqualTo("hello world");
            JsonNode attempt = response.path("why").path("attempts").path(0);
            assertThat(attempt.path("kind").asString()).isEqualTo("FIRST");
            assertThat(attempt.path("outcome").asString()).isEqualTo("OK");
            assertThat(attempt.path("candidates").path(0).path("standing").asString())
                    .isNotEmpty();
        }
    }

    @Test
    void gatewayCalls() {
        assertThat(Shell.run(readme.command("sh", "http://localhost:8080/api"))).contains("Hana 7");
    }

    @Test
    void serviceDescribesItself() {
        Readme describe = Readme.read("docs/describe.md", OFFSET);
        JsonNode methods = json(Shell.run(describe.command("sh", "$describe")))
                .path("result")
                .path("methods");
        JsonNode document = json(Shell.run(describe.command("sh", "openapi.json")));

        assertThat(methods.valueStream().map(each -> each.path("signature").asString()))
                .contains("get(id: long): User");
        assertThat(document.path("paths").has("/service/user/get")).isTrue();
        assertThat(document.path("servers").path(0).path("url").asString()).isEqualTo("/api");
    }

    @Test
    void stubOfAServiceIsWrittenAndCalls() throws Exception {
        Shell.needs("redis for Python", "python3-redis", "/usr/bin/python3", "-c", "import redis");
        Readme describe = Readme.read("docs/describe.md", OFFSET);
        Path script = Path.of("target/stub/call.py");
        Files.createDirectories(script.getParent());
        Files.writeString(script, describe.command("python", "UsersClient(redis"));

        Shell.run(describe.command("sh", "./moa stub")
                .replace("./moa", "../moa")
                .replace("UsersClient.py", "target/stub/UsersClient.py --port-offset " + OFFSET));

        assertThat(Shell.run("/usr/bin/python3", "-B", script.toString()).lines())
                .containsExactly("Hana 7", "NOT_FOUND 5");
    }

    @Test
    void taskToAServiceIsDelivered() {
        deliveredTask("\"service\":\"/service/user\",\"method\":\"notify\"");
    }

    @Test
    void taskToAnEndpointIsDelivered() {
        deliveredTask("\"url\":");
    }

    @Test
    void registeredInstanceIsFound() {
        Shell.run(readme.command("sh", "/v1/instances"));

        String lookup = readme.command("sh", "/v1/lookup");
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            JsonNode instance = json(Shell.run(lookup)).path("instances").path(0);
            assertThat(instance.path("port").asInt()).isEqualTo(9500);
            assertThat(instance.path("status").asString()).isEqualTo("UP");
        });
    }

    @Test
    void phpOfTheReadmeRuns() {
        Shell.needs("phpredis", "php-redis", "php", "-r", "exit(class_exists('Redis') ? 0 : 1);");

        assertThat(Shell.run("php", "-r", readme.command("php", "SERIALIZER_JSON")))
                .isEqualTo("Hana 7");
    }

    @Test
    void phpCallerRuns() {
        Shell.needs("phpredis", "php-redis", "php", "-r", "exit(class_exists('Redis') ? 0 : 1);");

        assertCaller(Shell.run("php", "php/call.php", moa("user"), moa("parallel-proxy"), moa("async-broker")), "php");
    }

    @Test
    void pythonCallerRuns() {
        Shell.needs("redis for Python", "python3-redis", "/usr/bin/python3", "-c", "import redis");

        assertCaller(
                Shell.run(
                        "/usr/bin/python3", "python/call.py", moa("user"), moa("parallel-proxy"), moa("async-broker")),
                "python");
    }

    @Test
    void servicePublishedFromPythonIsCalledThroughTheGateway() throws Exception {
        Shell.needs("Python", "python3", "/usr/bin/python3", "--version");
        Process service = start("/usr/bin/python3", "python/service.py", "30500", url("registry"));

        try {
            assertGreets("/http/service/python-hello/greet?name=ada", "python");
        } finally {
            service.destroy();
        }
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(Shell.run(
                                "curl -s '%s/v1/lookup?service=/service/python-hello'".formatted(url("router"))))
                        .doesNotContain("30500"));
    }

    @Test
    void servicePublishedFromPhpIsCalledThroughTheGateway() throws Exception {
        Shell.needs(
                "PHP with curl", "php-cli and php-curl", "php", "-r", "exit(function_exists('curl_init') ? 0 : 1);");
        Process service = start("php", "-S", "127.0.0.1:30501", "php/service.php");
        Process heartbeat = start("php", "php/heartbeat.php", "/service/php-hello", "30501", url("registry"));

        try {
            assertGreets("/http/service/php-hello/greet?name=ada", "php");
        } finally {
            heartbeat.destroy();
            service.destroy();
        }
    }

    @Test
    void pageOfTheRegistryRuns() {
        List<String> answers = run(Readme.read("docs/registry.md", OFFSET));

        assertThat(answers).hasSizeGreaterThan(14).noneMatch(answer -> answer.contains("\"todo\""));
        assertThat(answers).anyMatch(answer -> answer.contains("\"acknowledged\":true"));
        assertThat(answers)
                .anyMatch(answer -> answer.contains("\"action\":\"lift\"") && answer.contains("\"reason\":\"healed\""));
    }

    @Test
    void pageOfTheRoutersRuns() {
        List<String> answers = run(Readme.read("docs/routing.md", OFFSET));

        assertThat(answers).hasSizeGreaterThan(8).noneMatch(answer -> answer.contains("\"detail\":\"order"));
        assertThat(answers.get(0)).contains("\"answeredBy\":\"live\"");
        assertThat(answers.get(answers.size() - 1))
                .contains("\"action\":\"switch-off\"", "its addresses are old", "\"action\":\"shadow\"");
    }

    /** Runs a page's commands in their order; what the first answer calls id and incarnation goes into the later ones. */
    private static List<String> run(Readme page) {
        Map<String, String> known = new LinkedHashMap<>();
        List<String> answers = new ArrayList<>();
        for (String command : page.commands()) {
            String filled = command;
            for (Map.Entry<String, String> each : known.entrySet()) {
                filled = filled.replaceAll("\\b" + each.getKey() + "\\b", each.getValue());
            }
            String answer = Shell.run(filled);
            assertThat(answer).as(filled).doesNotContain("\"status\":4").doesNotContain("\"status\":5");
            if (!answer.isBlank()) {
                JsonNode json = json(answer);
                if (json.has("incarnation")) {
                    known.putIfAbsent("INCARNATION", json.path("incarnation").asString());
                    known.putIfAbsent("ID", json.path("id").asString());
                }
                if (json.has("override")) {
                    known.putIfAbsent(
                            "OVERRIDE", json.path("override").path("id").asString());
                }
            }
            answers.add(answer);
        }
        return answers;
    }

    @Test
    void consoleShowsTheDemosTraffic() {
        Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "Chromium is not installed; Debian's package is chromium");
        Shell.needs("Node", "nodejs", "node", "--version");
        String node = Shell.run("command -v node").strip();
        Map<String, String> environment =
                Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1", "PLAYWRIGHT_NODEJS_PATH", node);
        try (Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(CHROMIUM)
                                .setArgs(List.of(
                                        "--no-sandbox",
                                        "--disable-gpu",
                                        "--disable-quic",
                                        "--no-first-run",
                                        "--disable-background-networking",
                                        "--disable-component-update",
                                        "--disable-sync")))) {
            Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 900));
            List<String> broken = new ArrayList<>();
            page.onPageError(broken::add);

            page.navigate(url("gateway"));
            page.getByText("/service/helloworld").first().waitFor();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/console-services.png")));
            page.navigate(url("gateway") + "/methods");
            page.getByText("/service/helloworld").first().waitFor();
            page.waitForTimeout(
                    4_000); // what a person would do: look at it for a moment, so that the charts have points
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/console-methods.png")));

            assertThat(page.content()).contains("/service/user").contains("p99");
            assertThat(broken).isEmpty();
        }
    }

    @Test
    void monitorKnowsTheDemosRates() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            JsonNode methods = json(Shell.run("curl -s '%s/v1/live?windowMs=15000'".formatted(url("monitor"))))
                    .path("methods");
            assertThat(methods.valueStream()
                            .filter(m -> m.path("service").asString().equals("/service/user")
                                    && m.path("method").asString().equals("get")))
                    .anySatisfy(m -> {
                        assertThat(m.path("ratePerSecond").asDouble()).isGreaterThan(5);
                        assertThat(m.path("p99Ms").asDouble()).isPositive();
                    });
        });
    }

    private static void deliveredTask(String part) {
        String taskId =
                json(Shell.run(readme.command("sh", part))).path("taskId").asString();

        assertThat(taskId).isNotEmpty();
        String status = readme.command("sh", "TASK_ID").replace("TASK_ID", taskId);
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(
                        () -> assertThat(json(Shell.run(status)).path("state").asString())
                                .isEqualTo("SUCCEEDED"));
    }

    private static void assertCaller(String output, String language) {
        assertThat(output.lines().map(line -> line.replaceAll(" +", " ")).toList())
                .contains("call: hello " + language, "batch: 1 Bo 1", "batch: 2 Chen 2")
                .anyMatch(line -> line.startsWith("batch: 5000 failed: user: 5000"))
                .anyMatch(line -> line.matches("task: \\S{8,}"));
    }

    private static void assertGreets(String path, String from) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Shell.run("curl -s '%s%s'".formatted(url("gateway"), path)))
                        .contains("hello ada")
                        .contains(from));
    }

    private static Process start(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        Path.of("target/services-in-other-languages.log").toFile()))
                .start();
    }

    private static String moa(String part) {
        return "127.0.0.1:" + platform.addresses().port(part, "moa");
    }

    private static String url(String part) {
        return "http://127.0.0.1:" + platform.addresses().port(part, "http");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
