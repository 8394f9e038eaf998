package dev.moa.gateway.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What an operator says to the routers: pinned answers, switches, the order of sources, and a trial before it. */
class RoutingConsoleIT extends InBrowser {
    private static final String SOURCES = "[aria-labelledby=sources-title]";
    private static final String SHADOW = "[aria-labelledby=shadow-title]";
    private static final String PINNED = "[aria-labelledby=pinned-title]";

    @Test
    void switchesASourceOffAndSaysWhichRouterDiffers() {
        platform.routing.diverge();
        page.navigate(url("/services"));
        // when the services are there, the page listens to keys, too
        page.locator(".table").first().waitFor();
        page.keyboard().press("g");
        page.keyboard().press("r");

        assertThat(page).hasURL(url("/routing"));
        assertThat(page.locator(".says")).containsText("10.0.1.3:6382 differs from the others since 2 min 10 s");
        button("Switch live off").click();
        assertThat(dialog()).containsText("asked of replica, then primary");
        assertThat(dialog()).containsText("Callers see nothing of it now: all 6 names are answered as they are.");
        sign("shows old addresses");
        shoot("switch");
        page.keyboard().press("Enter");
        assertThat(page.locator(".notice-done")).containsText("“live” is off on every router.");
        assertThat(page.locator(SOURCES + " tbody tr").nth(1)).containsText("shows old addresses");
        shoot("routing");
        button("Undo").click();
        assertThat(page.locator(SOURCES + " tbody tr").nth(1)).containsText("undo");
    }

    @Test
    void pinsANameSaysWhatCallersLoseAndGainAndTakesItBack() {
        page.navigate(url("/routing"));
        assertThat(page.locator(PINNED)).containsText("No name is pinned");
        button("Pin a name…").click();
        dialog().getByLabel("Name", exactly()).fill("/service/user");
        button("Fill in the 3 of now").click();
        assertThat(dialog()).containsText("The same addresses as now.");
        dialog().getByLabel("Addresses").fill("10.0.3.10:6390\n10.0.0.9:7000 weight=50");

        assertThat(dialog()).containsText("3 can be called now, from the source “live”; 2 then.");
        assertThat(dialog()).containsText("no longer: 10.0.3.11:6391, 10.0.3.12:6392");
        assertThat(dialog()).containsText("new: 10.0.0.9:7000");
        sign("the others answer wrongly");
        shoot("pin");
        page.keyboard().press("Enter");

        assertThat(page.locator(".notice-done"))
                .containsText("/service/user is answered with 10.0.3.10:6390, 10.0.0.9:7000 on every router.");
        assertThat(page.locator(PINNED + " tbody tr")).containsText("the others answer wrongly");
        assertThat(page.locator(PINNED + " tbody tr")).containsText("anna");
        // who was known keeps where it runs, so that callers of its zone find it
        assertThat(platform.routing
                        .pinned("/service/user")
                        .path("instances")
                        .path(0)
                        .path("zone")
                        .asString())
                .isEqualTo("eu-1a");
        shoot("pinned");

        page.navigate(url("/services?name=/service/user"));
        assertThat(page.locator(".table .badge").getByText("pinned")).isVisible();
        Locator notice = page.locator("[aria-labelledby=service-title] .notice-warn");
        assertThat(notice).containsText("Pinned: callers get this list, not what is registered here.");
        shoot("service-pinned");
        notice.getByRole(AriaRole.BUTTON).click();
        assertThat(dialog()).containsText("The source “live” answers again, with 4 instances instead of 2.");
        dialog().getByLabel("Why").fill("healed");
        page.keyboard().press("Enter");
        assertThat(page.locator(".notice-done")).containsText("/service/user is no longer pinned on every router.");
        assertThat(notice).isHidden();
        button("Undo").click();
        assertThat(notice).isVisible();
        assertThat(platform.routing.pinned("/service/user").path("instances").size())
                .isEqualTo(2);

        page.navigate(url("/routing"));
        button("Take back the answer for /service/user").click();
        dialog().getByLabel("Why").fill("healed at last");
        page.keyboard().press("Enter");
        assertThat(page.locator(PINNED)).containsText("No name is pinned");
        page.navigate(url("/audit"));
        assertThat(page.locator("tbody")).containsText("healed at last");
        assertThat(page.locator("tbody")).containsText("pinned an answer");
        shoot("audit-routing");
    }

    @Test
    void pinningToNobodyWantsTheNameTypedAndARefusalIsShownAsItIsSaid() {
        page.navigate(url("/routing"));
        button("Pin a name…").click();
        dialog().getByLabel("Name", exactly()).fill("/service/site");
        sign("all of it");
        assertThat(dialog()).containsText("Which addresses? One a line.");
        dialog().getByLabel("with nobody").check();
        assertThat(dialog()).containsText("Every call to it will fail.");
        assertThat(button("Answer with nobody")).isDisabled();
        dialog().getByLabel("Addresses").fill("10.0.0.9");
        assertThat(dialog()).containsText("“10.0.0.9” is no address: host:port");
        dialog().getByLabel("Addresses").fill("a:1\nb:2\nc:3\nd:4");

        button("Answer with 4").click();

        assertThat(dialog().getByRole(AriaRole.ALERT))
                .containsText("Nothing was changed: instances: 4 of them (expected: an array of at most 3 objects)");
        shoot("pin-refused");
        page.keyboard().press("Escape");
        assertThat(dialog()).isHidden();
        complaints.removeIf(complaint -> complaint.contains("400"));
    }

    @Test
    void comparesAnOrderInTheShadowTakesItIntoEffectAndUndoesIt() {
        page.navigate(url("/routing"));
        button("Change order…").click();
        assertThat(dialog()).containsText("This order is in force: move a source.");
        button("Move snapshot up").focus();
        for (int i = 0; i < 3; i++) {
            page.keyboard().press("Enter");
        }
        assertThat(button("Move snapshot up")).isFocused();
        assertThat(dialog())
                .containsText(
                        "2 of 6 names are answered otherwise; 1 has nobody left to call, and every call to it fails.");
        assertThat(dialog().locator("tbody")).containsText("loses 10.0.3.12:6392");
        sign("is the disk good enough");
        shoot("order");
        page.keyboard().press("Enter");

        assertThat(page.locator(".notice-done")).containsText("Callers notice nothing of it.");
        assertThat(page.locator(SHADOW)).containsText("128 answers compared, 18 would be others: 2 names.");
        assertThat(page.locator(SHADOW + " tbody")).containsText("3 → nobody");
        shoot("shadow");
        button("Take into effect…").click();
        dialog().getByLabel("Why").fill("it is");
        assertThat(button("Take it into effect")).isDisabled();
        dialog().getByLabel("Type /service/helloworld to confirm").fill("/service/helloworld");
        shoot("order-effect");
        page.keyboard().press("Enter");

        assertThat(page.locator(".notice-done")).containsText("sources are asked in the order pinned, snapshot, live");
        assertThat(page.locator(SOURCES)).containsText("not the usual order");
        assertThat(page.locator(SHADOW)).containsText("the order in force");
        shoot("order-in-force");
        button("Undo").click();
        assertThat(page.locator(SOURCES)).containsText("Asked in the usual order");
        button("End the trial…").click();
        dialog().getByLabel("Why").fill("seen");
        page.keyboard().press("Enter");
        assertThat(page.locator(SHADOW)).isHidden();
    }

    @Test
    void dialogsFitSmallAndDarkScreens() {
        for (ColorScheme scheme : ColorScheme.values()) {
            if (scheme == ColorScheme.NO_PREFERENCE) {
                continue;
            }
            context.close();
            open(scheme, 390, 800);
            page.navigate(url("/routing"));
            button("Change order…").click();
            button("Move live down").click();
            assertThat(dialog()).containsText("all 6 names are answered as they are");
            shoot("small-order-" + scheme.name().toLowerCase(Locale.ROOT));
            page.keyboard().press("Escape");
            button("Pin a name…").click();
            dialog().getByLabel("Name", exactly()).fill("/service/user");
            assertThat(dialog()).containsText("3 can be called now");
            assertThat(
                            (Boolean)
                                    page.evaluate(
                                            "document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth"))
                    .isTrue();
            shoot("small-pin-" + scheme.name().toLowerCase(Locale.ROOT));
        }
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, named(name));
    }

    private Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    private void sign(String reason) {
        dialog().getByLabel("Your name").fill("anna");
        dialog().getByLabel("Why", exactly()).fill(reason);
    }

    private static Locator.GetByLabelOptions exactly() {
        return new Locator.GetByLabelOptions().setExact(true);
    }
}
