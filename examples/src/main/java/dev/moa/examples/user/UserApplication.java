package dev.moa.examples.user;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application; nothing else. */
@SpringBootApplication(scanBasePackages = {"dev.moa.examples.helloworld", "dev.moa.examples.user"})
public class UserApplication {
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(UserApplication.class);
        application.setAdditionalProfiles("user");
        application.run(arguments);
    }
}
