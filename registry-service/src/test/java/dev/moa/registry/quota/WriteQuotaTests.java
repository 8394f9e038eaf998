package dev.moa.registry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteQuotaTests {
    private final WriteQuota quota = new WriteQuota(1, 20);

    @Test
    void manyAtOnceAreTakenWholeOrNotAtAll() {
        assertThat(quota.take("bulk", 15)).isZero();

        assertThat(quota.take("bulk", 15)).isBetween(1.0, 10.0);
        assertThat(quota.take("bulk", 5)).isZero();
        assertThat(quota.take("other", 15)).isZero();
    }

    @Test
    void moreThanTheBurstIsTakenFromAFullBucketAndOwed() {
        assertThat(quota.take("bulk", 1_000)).isZero();

        assertThat(quota.take("bulk")).isBetween(900.0, 981.0);
    }
}
