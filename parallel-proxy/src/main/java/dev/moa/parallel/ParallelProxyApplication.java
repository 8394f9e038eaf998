package dev.moa.parallel;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
@OpenAPIDefinition(
        info = @Info(title = "moa parallel proxy", version = "v1", description = "Many calls in one request"))
public class ParallelProxyApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(ParallelProxyApplication.class, arguments);
    }
}
