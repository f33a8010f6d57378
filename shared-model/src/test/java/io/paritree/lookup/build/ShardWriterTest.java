package io.paritree.lookup.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A shard takes as many rows of one key as there are; it holds their number. */
class ShardWriterTest {
  private static final KeyForm FORM =
      new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0)));
  private static final int CHUNKS = 100;
  private static final int ROWS = 40_000; // of a chunk

  private static void add(long id, RowRecords to) throws Exception {
    KeyBytes key = new KeyBytes();
    FORM.add(0, Long.toString(id), key);
    to.addScored(key, key.hash(), new float[] {0.5f}, new byte[0], 0);
  }

  /** Returns a chunk in which every second row has one key, and the others one of a few. */
  private static RowRecords chunk(int keys, long first) throws Exception {
    RowRecords records = new RowRecords(1 << 20);
    for (int row = 0; row < ROWS; row++) {
      add(row % 2 == 0 ? 0 : first + row % keys, records);
    }

    return records;
  }

  @Test
  void rowsOfOneKeyAreHeldAsTheirNumber() throws Exception {
    long[] scored = {0};
    ShardWriter writer = new ShardWriter(7, 1, 4 << 20, score -> scored[0]++);
    RowRecords records = chunk(1_001, 0);
    int most = 0;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      writer.add(records.array().clone(), 0, records.length());
      most = Math.max(most, writer.held());
    }

    assertThat(most).isLessThan(200_000);
    assertThat(writer.rows()).isEqualTo((long) CHUNKS * ROWS);
    assertThat(scored[0]).isEqualTo((long) CHUNKS * ROWS);
    assertThat(writer.write("shard", OutputStream.nullOutputStream()).bytes()).isLessThan(60_000);
    assertThat(writer.repeatedKeys()).isEqualTo(1_001);
  }

  @Test
  void rowsOfDifferentKeysAreAllHeldAndTheTimeIsNotThatOfTheirSquare() throws Exception {
    ShardWriter writer = new ShardWriter(7, 1, 1 << 20, score -> {});
    for (int chunk = 0; chunk < 10; chunk++) {
      RowRecords records = chunk(ROWS, 1L + (long) chunk * ROWS);
      writer.add(records.array(), 0, records.length());
    }

    writer.write("shard", OutputStream.nullOutputStream());
    assertThat(writer.repeatedKeys()).isEqualTo(1);
    assertThat(writer.rows()).isEqualTo(10L * ROWS);
    assertThat(writer.held()).isBetween(5 * ROWS, 10 * ROWS);
  }
}
