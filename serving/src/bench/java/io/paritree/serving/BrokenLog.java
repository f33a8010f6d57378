package io.paritree.serving;

import io.paritree.lookup.TableIndexes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The log of a table, with a commit that is too large, or is none of the job's.
 *
 * @param outputs the table is one of them
 */
record BrokenLog(ServedOutputs outputs, Random random) {

  /** Breaks it; returns how. */
  String broken(BrokenOutput kind) throws IOException {
    Path log = outputs.table().resolve("_delta_log");
    Path next = log.resolve(ServedOutputs.commit(3));
    int how = random.nextInt(6);
    if (kind == BrokenOutput.LARGE_LOG) {
      switch (how) {
        case 0 -> BrokenOutput.large(next);
        case 1 -> Files.write(next, new byte[20 << 20]);
        case 2 -> Files.writeString(next, "{\"txn\":{\"appId\":\"a\"}}\n".repeat(1 << 19));
        case 3 ->
            Files.writeString(next, "{\"txn\":{\"appId\":\"" + "a".repeat(3 << 20) + "\"}}\n");
        case 4 -> {
          for (int version = 3; version < 3_000; version++) {
            Files.writeString(log.resolve(ServedOutputs.commit(version)), "{}\n");
          }
        }
        default -> Files.writeString(next, "{\"add\":" + "[".repeat(2 << 20) + "\n");
      }
    } else {
      switch (how) {
        case 0 -> Files.writeString(next, "{\"remove\":{\"path\":\"a\",\"dataChange\":true}}\n");
        case 1 -> Files.writeString(next, "{\"txn\":{\"appId\":\"../../..\"}}\n");
        case 2 -> Files.writeString(log.resolve("00999999999999999999.json"), "{}\n");
        case 3 -> Files.writeString(next, "{\"add\":1,\"remove\":[],\"txn\":\"x\"}\n");
        case 4 -> {
          for (int transaction = 0; transaction < 2_000; transaction++) {
            Files.writeString(
                next,
                "{\"txn\":{\"appId\":\"r%s\"}}\n".formatted(transaction),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
          }
        }
        default -> {
          try (Stream<Path> all = Files.walk(outputs.data())) {
            Path list =
                all.filter(file -> file.endsWith(TableIndexes.FILE)).sorted().toList().get(1);
            Files.writeString(
                list,
                Files.readString(list)
                    .replaceAll("run[0-9]-", BrokenOutput.any(random, "../", "x", "run1-")));
          }
        }
      }
    }

    return "log, " + how;
  }
}
