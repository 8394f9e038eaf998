package dev.moa.examples.site;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication
public class SiteApplication {
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(SiteApplication.class);
        application.setAdditionalProfiles("site");
        application.run(arguments);
    }
}
