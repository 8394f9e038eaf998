package dev.moa.registry.catalog;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds of what can be registered.
 *
 * @param maxServices services in all
 * @param maxInstances instances of one service
 * @param keptChanges changes that the stream of each service keeps, about
 * @param maxLeases leases in one renewal request
 * @param maxOverrides overrides of one service
 * @param rebuild how long after the loss of a service's data answers say that instances may be missing
 */
@ConfigurationProperties("moa.registry.catalog")
public record CatalogProperties(
        @DefaultValue("20000") int maxServices,
        @DefaultValue("10000") int maxInstances,
        @DefaultValue("1000") int keptChanges,
        @DefaultValue("1000") int maxLeases,
        @DefaultValue("1000") int maxOverrides,
        @DefaultValue("30s") Duration rebuild) {

    public CatalogProperties {
        requirePositive("max-services", maxServices);
        requirePositive("max-instances", maxInstances);
        requirePositive("kept-changes", keptChanges);
        requirePositive("max-leases", maxLeases);
        requirePositive("max-overrides", maxOverrides);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("moa.registry.catalog.%s: %d (expected: > 0)".formatted(name, value));
        }
    }
}
