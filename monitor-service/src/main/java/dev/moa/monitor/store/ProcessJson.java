package dev.moa.monitor.store;

import dev.moa.monitor.minute.ProcessMinute;
import tools.jackson.databind.json.JsonMapper;

/** A process's minute as it is stored. */
final class ProcessJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ProcessJson() {}

    static byte[] write(ProcessMinute process) {
        return JSON.writeValueAsBytes(process);
    }

    static ProcessMinute read(byte[] stored) {
        return JSON.readValue(stored, ProcessMinute.class);
    }
}
