package dev.moa.houserules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/**
 * What every module holds to. A module's test includes them with
 * {@code @ArchTest static final ArchTests rules = ArchTests.in(HouseRules.class)}.
 */
public final class HouseRules {

    /** Features do not go round in circles: {@code dev.moa.<module>.<feature>} packages form a tree of arrows. */
    @ArchTest
    static final ArchRule featuresHaveNoCycles =
            slices().matching("dev.moa.(*).(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    /** Time is an argument or a {@code Clock}; only the edges ({@code http}, {@code wire}, main) may ask for it. */
    @ArchTest
    static final ArchRule timeIsGiven = noClasses()
            .that()
            .resideOutsideOfPackages("..http..", "..wire..")
            .should()
            .callMethod(Instant.class, "now")
            .allowEmptyShould(true);

    /** Inputs come through the constructor. */
    @ArchTest
    static final ArchRule noFieldInjection = noFields()
            .should()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
            .allowEmptyShould(true);

    private HouseRules() {}
}
