package dev.moa.examples.nearby;

import dev.moa.examples.site.Site;
import dev.moa.examples.user.User;
import dev.moa.spring.MoaReference;
import dev.moa.spring.MoaService;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;

/**
 * Asks {@code /service/user}, and then {@code /service/user} and {@code /service/site} at once. It sees both through
 * interfaces of its own, whose methods return stages, so it holds no thread while it waits.
 */
@MoaService("/service/feed/nearby")
class ParallelNearbyFeed implements NearbyFeed {

    /** What this feed needs of {@code /service/user}. */
    interface Users {
        CompletionStage<User> get(long id);

        CompletionStage<List<User>> list(List<Long> ids);
    }

    /** What this feed needs of {@code /service/site}. */
    interface Sites {
        CompletionStage<List<Site>> near(double latitude, double longitude, int limit);
    }

    private final Users users;
    private final Sites sites;

    ParallelNearbyFeed(@MoaReference("/service/user") Users users, @MoaReference("/service/site") Sites sites) {
        this.users = users;
        this.sites = sites;
    }

    @Override
    public CompletionStage<Page> page(long userId) {
        List<Long> neighbours =
                LongStream.rangeClosed(userId + 1, userId + 5).boxed().toList();
        CompletionStage<List<User>> people = users.list(neighbours);
        return users.get(userId)
                .thenCompose(user -> sites.near(user.latitude(), user.longitude(), 5)
                        .thenCombine(people, (places, others) -> new Page(user, places, others)));
    }
}
