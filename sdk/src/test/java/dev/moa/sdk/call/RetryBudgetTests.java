package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTests {

    @Test
    void outageMeetsAFifthMoreLoadAndTheReserve() {
        RetryBudget budget = new RetryBudget(0.2);

        int retries = 0;
        for (int i = 0; i < 10_000; i++) {
            budget.called();
            retries += budget.take() ? 1 : 0;
            retries += budget.take() ? 1 : 0;
        }

        assertThat(retries).isBetween(1_990, 2_020);
    }

    @Test
    void quietTimesSaveUpOnlySoMuch() {
        RetryBudget budget = new RetryBudget(0.2);
        for (int i = 0; i < 100_000; i++) {
            budget.called();
        }

        int retries = 0;
        while (budget.take()) {
            retries++;
        }

        assertThat(retries).isEqualTo(100);
    }

    @Test
    void quietClientMayRetryNowAndThen() {
        RetryBudget budget = new RetryBudget(0.2);
        while (budget.take()) {}

        budget.tick();
        budget.tick();

        assertThat(budget.take()).isTrue();
        assertThat(budget.take()).isFalse();
    }

    @Test
    void noBudgetMeansNoRetries() {
        RetryBudget budget = new RetryBudget(0);
        budget.called();
        budget.tick();

        assertThat(budget.take()).isFalse();
    }
}
