package dev.moa.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
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

/** A real browser before the console, which the gateway serves over apps that answer as their contract says. */
abstract class InBrowser {
    static StandInPlatform platform;
    static RunningGateway gateway;
    private static MoaServer hello;
    private static Playwright playwright;
    private static Browser browser;

    final List<String> complaints = new ArrayList<>();
    BrowserContext context;
    Page page;

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

    void open(ColorScheme scheme, int width, int height) {
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

    static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    void shoot(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + ".png"))
                .setFullPage(true));
    }

    static String url(String path) {
        return "http://127.0.0.1:" + gateway.port() + path;
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(path -> path.toFile().canExecute())
                .findFirst();
    }
}
