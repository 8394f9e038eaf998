package dev.moa.sdk.call;

import java.util.List;

/**
 * The endpoints of a service at one moment; immutable, so that balancers may keep what they compute of a list.
 *
 * @param all every endpoint there is, also those that finish their calls before they leave
 * @param up those that the directory calls up
 * @param callable those of {@code up} that are not ejected; all of {@code up} in a panic
 * @param panic whether so many are ejected that no ejection counts: the fault is hardly theirs, and the rest could not
 *     carry the load
 */
record Roster(List<Endpoint> all, List<Endpoint> up, List<Endpoint> callable, boolean panic) {

    static final Roster EMPTY = new Roster(List.of(), List.of(), List.of(), false);

    /** @param mostEjected share of those that are up, beyond which it is a panic */
    static Roster of(List<Endpoint> all, double mostEjected) {
        List<Endpoint> up =
                all.stream().filter(each -> each.address().isCallable()).toList();
        List<Endpoint> callable = up.stream().filter(each -> !each.isEjected()).toList();
        boolean panic = callable.isEmpty() || up.size() - callable.size() > up.size() * mostEjected;
        return new Roster(List.copyOf(all), up, panic ? up : callable, panic && !up.isEmpty());
    }
}
