package dev.moa.parallel;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
public class ParallelProxyApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(ParallelProxyApplication.class, arguments);
    }
}
