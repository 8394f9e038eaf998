package dev.moa.gateway.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.moa.gateway.RunningGateway;
import org.junit.jupiter.api.Test;

/** The console in a real browser, served by the gateway, over apps that answer as their contract says. */
class ConsoleIT extends InBrowser {

    private static final String TOKEN = "a-token-for-the-browser-test";

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
        shoot("services");
        page.getByRole(AriaRole.LINK, named("History")).click();
        assertThat(page.getByText("stopped renewing, its lease ended").first()).isVisible();
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
}
