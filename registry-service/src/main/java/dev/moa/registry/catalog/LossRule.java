package dev.moa.registry.catalog;

/**
 * When the loss of leases looks like ours rather than the instances': who falls silent then is held, not removed.
 *
 * @param share of a service's leases, 0 to 1
 * @param count leases of a service at least
 * @param elsewhere whether many leases are lost in all
 */
public record LossRule(double share, int count, Elsewhere elsewhere) {

    /** Whether many leases of other services are lost too. */
    public enum Elsewhere {
        YES,
        NO,
        /** Not looked yet: nobody is removed before that. */
        UNKNOWN
    }

    /** Returns this rule with another answer. */
    public LossRule with(Elsewhere answer) {
        return new LossRule(share, count, answer);
    }
}
