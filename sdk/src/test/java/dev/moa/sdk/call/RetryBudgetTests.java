package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTests {

    @Test
    void outageMeetsAtMostAFifthMoreLoad() {
        RetryBudget budget = new RetryBudget(0.2);

        int retries = 0;
        for (int i = 0; i < 10_000; i++) {
            budget.called();
            retries += budget.take() ? 1 : 0;
            retries += budget.take() ? 1 : 0;
        }

        assertThat(retries).isBetween(1_600, 2_000);
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

        assertThat(retries).isEqualTo(41);
    }

    @Test
    void quietClientMayRetryNowAndThen() {
        RetryBudget budget = new RetryBudget(0.2);
        while (budget.take()) {}

        budget.tick();
        budget.tick();
        budget.tick();

        assertThat(budget.take()).isTrue();
        assertThat(budget.take()).isFalse();
    }

    @Test
    void busyClientGetsNothingOnTop() {
        RetryBudget budget = new RetryBudget(0.2);
        while (budget.take()) {}

        int retries = 0;
        for (int i = 0; i < 1_000; i++) {
            for (int call = 0; call < 10; call++) {
                budget.called();
            }
            budget.tick();
            while (budget.take()) {
                retries++;
            }
        }

        assertThat(retries).isBetween(1_600, 1_700);
    }

    @Test
    void noBudgetMeansNoRetries() {
        RetryBudget budget = new RetryBudget(0);
        budget.called();
        budget.tick();

        assertThat(budget.take()).isFalse();
    }
}
