package dev.moa.registry.catalog;

/** How many instances a service has, by status; held ones are counted under their status too. */
public record ServiceSummary(String service, int instances, int up, int draining, int down, int held, long revision) {}
