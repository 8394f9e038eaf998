package dev.moa.examples.user;

import dev.moa.sdk.annotation.Idempotent;
import java.util.List;

/** {@code /service/user}. */
public interface Users {

    /** Returns the user; fails with NOT_FOUND for an id outside 1 to 1,000. */
    @Idempotent
    User get(long id);

    /** Returns those of {@code ids}, at most 100, that there are. */
    @Idempotent
    List<User> list(List<Long> ids);

    /** Sends the user a note; what a task is for. Returns how many notes the user has had from this process. */
    int notify(long id, String text);
}
