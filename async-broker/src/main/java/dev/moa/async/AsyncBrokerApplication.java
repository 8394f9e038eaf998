package dev.moa.async;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
@OpenAPIDefinition(
        info = @Info(title = "moa async broker", version = "v1", description = "Tasks: calls that are made later"))
public class AsyncBrokerApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(AsyncBrokerApplication.class, arguments);
    }
}
