package dev.moa.monitor;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
@OpenAPIDefinition(
        info =
                @Info(
                        title = "moa monitor",
                        version = "v1",
                        description = "What the services did: calls, traces, dependencies"))
public class MonitorApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(MonitorApplication.class, arguments);
    }
}
