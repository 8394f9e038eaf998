package dev.moa.examples.nearby;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
public class NearbyApplication {
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(NearbyApplication.class);
        application.setAdditionalProfiles("nearby");
        application.run(arguments);
    }
}
