package dev.moa.examples;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
public class ExamplesApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(ExamplesApplication.class, arguments);
    }
}
