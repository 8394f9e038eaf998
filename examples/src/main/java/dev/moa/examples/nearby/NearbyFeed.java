package dev.moa.examples.nearby;

import dev.moa.examples.site.Site;
import dev.moa.examples.user.User;
import dev.moa.sdk.annotation.Idempotent;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code /service/feed/nearby}. */
public interface NearbyFeed {

    /** Returns what is near the user: the places, and the users of the ids beside this one. */
    @Idempotent
    CompletionStage<Page> page(long userId);

    /** A page of the feed. */
    record Page(User user, List<Site> sites, List<User> people) {}
}
