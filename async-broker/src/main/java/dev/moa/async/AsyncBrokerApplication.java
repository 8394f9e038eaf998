package dev.moa.async;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
public class AsyncBrokerApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(AsyncBrokerApplication.class, arguments);
    }
}
