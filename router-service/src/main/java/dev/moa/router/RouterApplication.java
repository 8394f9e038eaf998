package dev.moa.router;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
@OpenAPIDefinition(
        info =
                @Info(
                        title = "moa router",
                        version = "v1",
                        description = "A service name in, the addresses of its instances out"))
public class RouterApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(RouterApplication.class, arguments);
    }
}
