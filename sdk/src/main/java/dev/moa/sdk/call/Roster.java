package dev.moa.sdk.call;

import java.util.List;

/**
 * The endpoints of a service at one moment; immutable, so that balancers may keep what they compute of a list.
 *
 * @param all every endpoint there is, also those that finish their calls before they leave
 * @param up those that the directory calls up
 * @param callable those of {@code up} that are not ejected; all of {@code up} if there would be none
 */
record Roster(List<Endpoint> all, List<Endpoint> up, List<Endpoint> callable) {

    static final Roster EMPTY = new Roster(List.of(), List.of(), List.of());

    static Roster of(List<Endpoint> all) {
        List<Endpoint> up =
                all.stream().filter(each -> each.address().isCallable()).toList();
        List<Endpoint> callable = up.stream().filter(each -> !each.isEjected()).toList();
        return new Roster(List.copyOf(all), up, callable.isEmpty() ? up : callable);
    }
}
