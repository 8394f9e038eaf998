package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The members: some come, some are killed, leave or drain, all the time. */
final class Herd implements AutoCloseable {
    private static final int FEWEST = 18;
    private static final int MOST = 28;
    private static final long CHURN_MS = 400;
    private static final long LOOK_MS = 20;

    private final Lab lab;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final List<ServiceName> services = IntStream.range(0, 10)
            .mapToObj(i -> ServiceName.of("/service/chaos/s" + i))
            .toList();
    private final List<Member> members = new ArrayList<>(); // guarded by this
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, Herd::thread);
    private final ExecutorService endings = Executors.newCachedThreadPool(Herd::thread);
    private volatile boolean calm;

    Herd(Lab lab, Ledger ledger, long seed) {
        this.lab = lab;
        this.ledger = ledger;
        this.random = new SplittableRandom(seed);
    }

    List<ServiceName> services() {
        return services;
    }

    /** Brings the first in, and waits until all are registered. */
    void start() throws InterruptedException {
        for (int i = 0; i < (FEWEST + MOST) / 2; i++) {
            bring();
        }
        clock.scheduleWithFixedDelay(this::look, 0, LOOK_MS, TimeUnit.MILLISECONDS);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!allBorn()) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("not all members are registered after 30 s");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        clock.scheduleWithFixedDelay(this::churn, CHURN_MS, CHURN_MS, TimeUnit.MILLISECONDS);
    }

    private synchronized boolean allBorn() {
        return members.stream().allMatch(Member::isBorn);
    }

    /** Whether nobody is to come or go. */
    void calm(boolean is) {
        calm = is;
    }

    /** Cuts half of the members off from the registries, or lets all reach them. */
    synchronized void loseHalf(boolean lost) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).reach(lost && i % 2 == 0 ? Link.Mode.CUT : Link.Mode.OPEN);
        }
    }

    private synchronized void look() {
        members.forEach(Member::look);
    }

    private void churn() {
        if (calm) {
            return;
        }
        try {
            synchronized (this) {
                int choice = random.nextInt(100);
                if (members.size() <= FEWEST || (members.size() < MOST && choice < 50)) {
                    bring();
                    return;
                }
                Member victim = members.remove(random.nextInt(members.size()));
                if (choice % 3 == 0) {
                    endings.execute(victim::kill);
                } else if (choice % 3 == 1) {
                    endings.execute(victim::leave);
                } else {
                    victim.drain();
                    clock.schedule(() -> endings.execute(victim::leave), 1, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void bring() throws InterruptedException {
        List<ServiceName> own = new ArrayList<>(services);
        while (own.size() > 2) {
            own.remove(random.nextInt(own.size()));
        }
        Member member = new Member(lab.loops(), lab.registries(), own, random.nextInt(2));
        member.lives().forEach(ledger::add);
        members.add(member);
        member.start();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "chaos-herd");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        synchronized (this) {
            members.forEach(member -> endings.execute(member::leave));
            members.clear();
        }
        endings.shutdown();
        try {
            endings.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
