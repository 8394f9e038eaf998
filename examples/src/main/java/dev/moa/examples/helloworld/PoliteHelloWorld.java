package dev.moa.examples.helloworld;

import dev.moa.spring.MoaService;

/** Greets in English. */
@MoaService("/service/helloworld")
class PoliteHelloWorld implements HelloWorld {

    @Override
    public String hello(String name) {
        return "hello " + name;
    }

    @Override
    public String slow(long milliseconds) throws InterruptedException {
        if (milliseconds < 0 || milliseconds > 10_000) {
            throw new IllegalArgumentException("milliseconds: %d (expected: 0 to 10000)".formatted(milliseconds));
        }
        Thread.sleep(milliseconds);
        return "slept " + milliseconds + " ms";
    }

    @Override
    public String refuse(String reason) throws Refused {
        throw new Refused(reason);
    }
}
