package dev.moa.testkit.redis;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import dev.moa.houserules.HouseRules;

@AnalyzeClasses(packages = "dev.moa.testkit.redis", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTests {
    @ArchTest
    static final ArchTests rules = ArchTests.in(HouseRules.class);
}
