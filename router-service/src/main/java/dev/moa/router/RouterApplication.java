package dev.moa.router;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
public class RouterApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(RouterApplication.class, arguments);
    }
}
