package dev.moa.gateway.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.moa.gateway.RunningGateway;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console in a real browser, served by the gateway, over apps that answer as their contract says. */
class ConsoleIT {

    private static final String TOKEN = "a-token-for-the-browser-test";

    private static StandInPlatform platform;
    private static RunningGateway gateway;
    private static MoaServer hello;
    private static Playwright playwright;
    private static Browser browser;

    private final List<String> complaints = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void startGatewayAndBrowser() {
        Optional<Path> chromium = onPath("chromium").or(() -> onPath("google-chrome"));
        Optional<Path> node = onPath("node");
        assumeTrue(chromium.isPresent(), "chromium is not on the PATH (Debian: apt install chromium)");
        assumeTrue(node.isPresent(), "node is not on the PATH (Debian: apt install nodejs npm)");
        platform = new StandInPlatform();
        gateway = RunningGateway.start(platform.settings());
        hello = MoaServer.builder()
                .app("helloworld")
                .registries(List.of())
                .publish(
                        ServiceName.of("/service/helloworld"),
                        (request, call) -> CompletableFuture.completedFuture(
                                CallResponse.success(request.id(), Payload.json("\"hello world\""))))
                .build()
                .start();
        gateway.directory().put(ServiceName.of("/service/helloworld"), "127.0.0.1", hello.port());
        playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1",
                        "PLAYWRIGHT_NODEJS_PATH",
                        node.get().toString())));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setHeadless(true)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run")));
    }

    @AfterAll
    static void stop() {
        Stream.<AutoCloseable>of(browser, playwright, gateway, hello, platform).forEach(part -> {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @BeforeEach
    void openContext() {
        open(ColorScheme.LIGHT, 1400, 900);
    }

    @AfterEach
    void closeContext() {
        context.close();
        assertThat(complaints).as("what the browser complained of").isEmpty();
    }

    @Test
    void showsServicesAndTheirInstances() {
        page.navigate(url("/"));

        assertThat(page.getByRole(AriaRole.HEADING, named("Services"))).isVisible();
        assertThat(page.getByText("6 services")).isVisible();
        assertThat(page.locator(".parts")).containsText("11 of 12 report");
        assertThat(page.locator(".firing")).containsText("errors 8.7 % (at most 5.0 %)");
        page.getByRole(AriaRole.LINK, named("/service/user")).click();

        assertThat(page).hasURL(url("/services?name=%2Fservice%2Fuser"));
        assertThat(page.getByText("10.0.3.10:6390")).isVisible();
        assertThat(page.getByText("draining", new Page.GetByTextOptions().setExact(true))
                        .first())
                .isVisible();
        assertThat(page.getByText("lease-lost")).isVisible();
        shoot("services");
    }

    @Test
    void filtersAndSortsByKeyboard() {
        page.navigate(url("/methods"));
        assertThat(page.locator("tbody tr")).hasCount(7);

        page.keyboard().press("/");
        page.keyboard().type("user");

        assertThat(page.locator("tbody tr")).hasCount(2);
        page.getByRole(AriaRole.SEARCHBOX).fill("");
        page.getByRole(AriaRole.BUTTON, named("p99")).focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("tbody tr").first()).containsText("resize");
        page.keyboard().press("Enter");
        assertThat(page.locator("tbody tr").first()).containsText("fail");
    }

    @Test
    void drawsOneMethodOverTime() {
        page.navigate(url("/methods"));
        page.locator("tbody a", new Page.LocatorOptions().setHasText("nearby")).click();

        assertThat(page.locator(".chart canvas")).hasCount(2);
        assertThat(page.getByText("DEADLINE_EXCEEDED ×")).isVisible();
        assertThat(page.locator(".chart [role=img]").first())
                .hasAttribute(
                        "aria-label", java.util.regex.Pattern.compile("Calls and errors per second: calls now .*"));
        // two more polls, so that the small lines have something to show
        page.waitForResponse(response -> response.url().contains("/v1/live"), () -> {});
        page.waitForResponse(response -> response.url().contains("/v1/live"), () -> {});
        shoot("methods");
    }

    @Test
    void sendsCallsBatchesAndTasks() {
        page.navigate(url("/try"));

        page.getByRole(AriaRole.BUTTON, named("Send the call")).click();

        assertThat(page.locator(".result")).containsText("HTTP 200");
        assertThat(page.locator(".result")).containsText("hello world");
        shoot("try-call");

        page.getByRole(AriaRole.LINK, named("A batch")).click();
        page.getByRole(AriaRole.BUTTON, named("Send the batch")).click();

        assertThat(page.locator(".result").first()).containsText("2 answered");
        assertThat(page.locator(".result").first()).containsText("1 failed");
        shoot("try-batch");

        page.getByRole(AriaRole.LINK, named("A task")).click();
        page.getByRole(AriaRole.BUTTON, named("Send the task")).click();

        assertThat(page.locator(".steps")).containsText("queued");
        assertThat(page.locator(".steps")).containsText("succeeded");
        shoot("try-task");
    }

    @Test
    void saysWhatIsWrongInAFieldBeforeItIsSent() {
        page.navigate(url("/try"));

        page.getByLabel("Arguments").fill("[\"open");
        page.getByLabel("Arguments").blur();

        assertThat(page.getByText("Not JSON:")).isVisible();
        assertThat(page.getByRole(AriaRole.BUTTON, named("Send the call"))).isDisabled();
    }

    @Test
    void isReadableInTheDarkAndOnASmallScreen() {
        context.close();
        open(ColorScheme.DARK, 1400, 900);
        page.navigate(url("/methods?service=/service/feed/nearby&method=nearby"));
        assertThat(page.locator(".chart canvas")).hasCount(2);
        shoot("methods-dark");
        page.navigate(url("/services?name=/service/user"));
        assertThat(page.getByText("10.0.3.10:6390")).isVisible();
        shoot("services-dark");
        page.setViewportSize(420, 800);
        page.navigate(url("/methods"));
        assertThat(page.locator("tbody tr")).hasCount(7);
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .isTrue();
        shoot("methods-small");
    }

    @Test
    void saysWhichPartDoesNotAnswer() {
        try (StandInPlatform other = new StandInPlatform();
                RunningGateway alone = RunningGateway.start(other.settings())) {
            other.registry.close();
            other.monitor.close();

            page.navigate("http://127.0.0.1:" + alone.port() + "/");

            assertThat(page.getByRole(AriaRole.ALERT)).containsText("The registry does not answer (503).");
            assertThat(page.getByRole(AriaRole.ALERT)).containsText("./moa status");
            assertThat(page.locator(".part-bad").first()).containsText("registry");
            shoot("registry-down");
            page.navigate("about:blank");
        }
        complaints.removeIf(complaint -> complaint.contains("503"));
    }

    @Test
    void asksForATokenWhereTokensAreSet() {
        String[] settings = platform.settings(
                "moa.security.tokens.browser.secret=" + TOKEN, "moa.security.tokens.browser.role=operator");
        try (RunningGateway closed = RunningGateway.start(settings)) {
            page.navigate("http://127.0.0.1:" + closed.port() + "/services");

            page.getByLabel("Token").fill("not the token of anybody");
            page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
            assertThat(page.getByRole(AriaRole.ALERT)).containsText("not one of the gateway");
            shoot("login");
            page.getByLabel("Token").fill(TOKEN);
            page.getByRole(AriaRole.BUTTON, named("Sign in")).click();

            assertThat(page.getByText("6 services")).isVisible();
            assertThat(context.cookies()).singleElement().satisfies(cookie -> {
                assertThat(cookie.httpOnly).isTrue();
                assertThat(cookie.sameSite.name()).isEqualTo("STRICT");
                assertThat(cookie.value).doesNotContain(TOKEN);
            });
            page.getByRole(AriaRole.BUTTON, named("Sign out")).click();
            assertThat(page.getByLabel("Token")).isVisible();
            assertThat(context.cookies()).isEmpty();
            page.navigate("about:blank");
        }
        complaints.removeIf(complaint -> complaint.contains("401"));
    }

    private void open(ColorScheme scheme, int width, int height) {
        context = browser.newContext(
                new Browser.NewContextOptions().setColorScheme(scheme).setViewportSize(width, height));
        context.setDefaultTimeout(10_000);
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text() + " " + message.location());
            }
        });
        page.onPageError(complaints::add);
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private void shoot(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + ".png"))
                .setFullPage(true));
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + gateway.port() + path;
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(path -> path.toFile().canExecute())
                .findFirst();
    }
}
