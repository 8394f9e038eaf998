package dev.moa.gateway.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.moa.gateway.RunningGateway;
import org.junit.jupiter.api.Test;

/** What an operator does at three in the morning: sees why, takes something out, is sure, takes it back. */
class OperateConsoleIT extends InBrowser {
    private static final String USER = "/services?name=/service/user";
    private static final String PANEL = "[aria-labelledby=service-title]";

    @Test
    void saysWhyAnInstanceStandsAsItDoesAndFollowsTheWatch() {
        page.navigate(url(USER));

        assertThat(page.locator("#service-title")).hasText("/service/user");
        assertThat(page.getByText("anna: bad disk")).isVisible();
        assertThat(page.getByText("says itself: up")).isVisible();
        assertThat(page.getByText("silent, but kept: many went silent at once")).isVisible();
        assertThat(page.getByText("probe: 2 in a row: no answer within 800 ms")).isVisible();
        assertThat(page.locator(PANEL + " .live")).hasText("live");
        page.waitForResponse(
                response -> response.url().contains("/v1/instances"),
                () -> platform.operations.changed("/service/user"));
        shoot("service");
    }

    @Test
    void overrideIsShownBeforeItHappensSignedAuditedAndUndone() {
        page.navigate(url(USER));
        page.getByRole(AriaRole.BUTTON, named("Override 10.0.3.10:6390")).click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);

        assertThat(dialog).containsText("UP → DOWN");
        assertThat(dialog).containsText("3 of 4 can be called now, 2 then.");
        assertThat(dialog.getByRole(AriaRole.BUTTON, in("Take 1 out"))).isDisabled();
        dialog.getByLabel("Your name").fill("anna");
        assertThat(dialog).containsText("Say why");
        dialog.getByLabel("Why").fill("answers slowly");
        shoot("override");
        page.keyboard().press("Enter");

        assertThat(page.locator(".notice-done")).containsText("10.0.3.10:6390 takes no calls (DOWN)");
        page.getByRole(AriaRole.LINK, named("Overrides")).click();
        assertThat(page.locator(PANEL + " tbody")).containsText("answers slowly");
        shoot("overrides");
        page.getByRole(AriaRole.BUTTON, named("Undo")).click();
        assertThat(page.getByText("Nothing is overridden")).isVisible();
        page.navigate(url("/audit"));
        assertThat(page.locator("tbody tr").nth(0)).containsText("lifted an override");
        assertThat(page.locator("tbody tr").nth(1)).containsText("anna");
        assertThat(page.locator("tbody tr").nth(1)).containsText("answers slowly");
        shoot("audit");
    }

    @Test
    void whatTakesTheLastOneOutWantsTheNameTyped() {
        page.navigate(url(USER));
        page.getByRole(AriaRole.BUTTON, named("Override…").setExact(true))
                .first()
                .click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);

        dialog.getByLabel("Your name").fill("anna");
        dialog.getByLabel("Why", new Locator.GetByLabelOptions().setExact(true)).fill("all of it");

        assertThat(dialog).containsText("Every call to this service will fail.");
        assertThat(dialog.getByRole(AriaRole.BUTTON, in("Take 4 out"))).isDisabled();
        shoot("override-all");
        dialog.getByLabel("a zone").check();
        dialog.getByLabel("Zone", new Locator.GetByLabelOptions().setExact(true))
                .fill("eu-1b");
        assertThat(dialog).containsText("Nobody is left in zone eu-1b: callers that ask for it find nobody.");
        dialog.getByLabel("all of the service").check();
        dialog.getByLabel("Type /service/user to confirm").fill("/service/user");
        assertThat(dialog.getByRole(AriaRole.BUTTON, in("Take 4 out"))).isEnabled();
        page.keyboard().press("Escape");
        assertThat(dialog).isHidden();
        assertThat(platform.operations.overrides.toString()).doesNotContain("all of it");

        page.getByRole(AriaRole.BUTTON, named("Override…").setExact(true))
                .first()
                .click();
        dialog.getByLabel("Your name").fill("anna");
        dialog.getByLabel("Why", new Locator.GetByLabelOptions().setExact(true)).fill("all of it");
        dialog.getByLabel("Type /service/user to confirm").fill("/service/user");
        page.keyboard().press("Enter");
        assertThat(page.locator(".notice-done")).containsText("every instance takes no calls (DOWN)");
        // the registry refuses such a thing unless it is told that it is meant
        assertThat(platform.operations.overrides.toString()).contains("\"force\":true");
        page.getByRole(AriaRole.BUTTON, named("Undo")).click();
        assertThat(page.locator(".notice-done")).isHidden();
    }

    @Test
    void historyComparesTwoRevisionsAndExplainAnswersForAClient() {
        page.navigate(url(USER + "&view=history&from=55&to=57"));

        assertThat(page.locator(".diff-list > li")).hasCount(3);
        assertThat(page.locator(".diff-fields")).containsText("status UP → DRAINING");
        assertThat(page.locator(PANEL + " tbody")).containsText("stopped renewing, its lease ended");
        page.getByLabel("compare up to revision 56").check();
        assertThat(page).hasURL(java.util.regex.Pattern.compile(".*from=55&to=56"));
        shoot("history");
        page.getByRole(AriaRole.LINK, named("Explain")).click();
        page.getByLabel("A caller that asks for zone").fill("eu-1b");
        page.keyboard().press("Enter");

        assertThat(page.locator(".says")).containsText("1 of 4 instances");
        assertThat(page.getByText("zone is eu-1a, asked for eu-1b")).isVisible();
        shoot("explain");
    }

    @Test
    void saysWhenOverridesLeaveNobodyToCall() {
        page.navigate(url("/services?name=/service/profile/photo"));

        assertThat(page.locator(PANEL + " .notice-bad")).containsText("Overrides leave nobody to call.");
        page.getByRole(AriaRole.LINK, named("Which overrides")).click();
        assertThat(page).hasURL(java.util.regex.Pattern.compile(".*view=overrides"));
        shoot("nobody");
    }

    @Test
    void fitsSmallAndDarkScreensOnEveryPage() {
        for (ColorScheme scheme : new ColorScheme[] {ColorScheme.DARK, ColorScheme.LIGHT}) {
            context.close();
            open(scheme, 390, 800);
            for (String[] each : new String[][] {
                {"services", "/services", ".table"},
                {"service", USER, ".table.stack"},
                {"history", USER + "&view=history&from=55&to=57", ".diff-fields"},
                {"explain", USER + "&view=explain", ".says"},
                {"routing", "/routing", "[aria-labelledby=sources-title] tbody"},
                {"audit", "/audit", "#audit-title"}
            }) {
                page.navigate(url(each[1]));
                page.locator(each[2]).first().waitFor();
                assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                        .as(each[0])
                        .isTrue();
                shoot("small-" + each[0] + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT));
            }
            page.navigate(url(USER));
            page.getByRole(AriaRole.BUTTON, named("Override 10.0.3.10:6390")).click();
            assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
            shoot("small-override-" + scheme.name().toLowerCase(java.util.Locale.ROOT));
        }
        context.close();
        open(ColorScheme.DARK, 1280, 900);
        page.navigate(url("/routing"));
        page.locator("[aria-labelledby=sources-title] tbody").waitFor();
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .isTrue();
        shoot("routing-dark");
    }

    @Test
    void saysWhatToDoWhereThePartThatIsNeededIsAway() {
        try (StandInPlatform other = new StandInPlatform();
                RunningGateway alone = RunningGateway.start(other.settings())) {
            other.router.close();

            page.navigate("http://127.0.0.1:" + alone.port() + "/routing");

            assertThat(page.locator(".notice-bad").first()).containsText("The router does not answer (503).");
            assertThat(page.locator(".notice-bad").first()).containsText("./moa status");
            page.navigate("http://127.0.0.1:" + alone.port() + "/audit");
            assertThat(page.getByText("Its entries are missing here.")).isVisible();
            shoot("router-down");
            page.navigate("about:blank");
        }
        complaints.removeIf(complaint -> complaint.contains("503"));
    }

    private static Locator.GetByRoleOptions in(String name) {
        return new Locator.GetByRoleOptions().setName(name);
    }
}
