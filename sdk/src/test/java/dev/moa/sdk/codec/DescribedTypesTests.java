package dev.moa.sdk.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.describe.ServiceDocuments;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a service says of its types is what may travel in binary bodies: both follow an interface on their own. */
class DescribedTypesTests {

    interface Library {
        Page<Book> search(Query query, Optional<Integer> limit);

        Map<Genre, List<Book>> all();

        void put(Book[] books);
    }

    enum Genre {
        NOVEL,
        POEM
    }

    record Query(@Nullable String text, Map<String, Range> ranges) {}

    record Range(int from, int to) {}

    record Page<T>(List<T> entries, @Nullable String next) {}

    record Book(long id, Genre genre, Instant published, Author author, Optional<Book> sequel) {}

    public static class Author {
        private String name = "";

        public String getName() {
            return name;
        }

        public void setName(String newName) {
            name = newName;
        }
    }

    @Test
    void descriptionAndBinaryBodiesHaveTheSameClassesWithTheSameProperties() {
        ServiceInterface library = ServiceInterface.of(Library.class);
        Map<String, List<String>> binary = InterfaceTypes.of(library).beans().entrySet().stream()
                .collect(Collectors.toMap(bean -> bean.getKey().getName(), Map.Entry::getValue));

        JsonNode description = Json.MAPPER.readTree(new ServiceDocuments(ServiceName.of("/service/library"), library)
                .document(ServiceDocuments.DESCRIBE)
                .text());

        Map<String, List<String>> described = description
                .path("types")
                .valueStream()
                .filter(type -> type.path("kind").asString().equals("record"))
                .collect(Collectors.toMap(
                        type -> type.path("javaType").asString(),
                        type -> type.path("fields")
                                .valueStream()
                                .map(field -> field.path("name").asString())
                                .toList()));
        assertThat(described).isEqualTo(binary).hasSize(5);
    }
}
