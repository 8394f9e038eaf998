package dev.moa.examples.user;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.spring.MoaService;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** A thousand users around a harbour, the same in every process. */
@MoaService("/service/user")
class MadeUpUsers implements Users {

    private static final int COUNT = 1_000;
    private static final List<String> NAMES =
            List.of("Ada", "Bo", "Chen", "Dana", "Eli", "Fei", "Gita", "Hana", "Ivo", "Jun");

    private final AtomicIntegerArray notes = new AtomicIntegerArray(COUNT + 1);

    @Override
    public User get(long id) {
        if (!exists(id)) {
            throw new MoaException(StatusCode.NOT_FOUND, "user: %d (expected: 1 to %d)".formatted(id, COUNT));
        }
        int i = (int) id;
        return new User(id, NAMES.get(i % NAMES.size()) + " " + id, 31.2 + i % 37 * 0.001, 121.5 + i % 41 * 0.001);
    }

    @Override
    public List<User> list(List<Long> ids) {
        if (ids.size() > 100) {
            throw new IllegalArgumentException("ids: %d of them (expected: at most 100)".formatted(ids.size()));
        }
        return ids.stream().filter(MadeUpUsers::exists).map(this::get).toList();
    }

    @Override
    public int notify(long id, String text) {
        return notes.incrementAndGet((int) get(id).id());
    }

    private static boolean exists(long id) {
        return id >= 1 && id <= COUNT;
    }
}
