package io.paritree.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shard takes as many rows of one key as there are; it holds their number. */
class ShardWriterTest {
  private static final KeyForm FORM =
      new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0)));
  private static final int CHUNKS = 100;
  private static final int ROWS = 40_000; // of a chunk

  private static void add(long id, RowBytes to) throws Exception {
    KeyBytes key = new KeyBytes();
    FORM.add(0, Long.toString(id), key);
    to.addScored(key, new float[] {0.1f * id}, new byte[0], 0);
  }

  /** Returns a chunk in which every second row has one key, and the others one of a few. */
  private static RowBytes chunk(int keys, long first) throws Exception {
    RowBytes rows = new RowBytes(1 << 20);
    for (int row = 0; row < ROWS; row++) {
      add(row % 2 == 0 ? 0 : first + row % keys, rows);
    }

    return rows;
  }

  @Test
  void rowsOfOneKeyAreHeldAsTheirNumber() throws Exception {
    ShardWriter writer = new ShardWriter(7, 1, 4 << 20);
    RowBytes rows = chunk(1_001, 0);
    int most = 0;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      writer.add(rows.array().clone(), 0, rows.length());
      most = Math.max(most, writer.held());
    }

    assertThat(most).isLessThan(200_000);
    BuiltShard built = writer.write("shard", OutputStream.nullOutputStream());
    assertThat(built.rows()).isEqualTo((long) CHUNKS * ROWS);
    assertThat(built.histogram().count()).isEqualTo((long) CHUNKS * ROWS);
    assertThat(built.file().bytes()).isLessThan(60_000);
    assertThat(built.repeatedKeys()).isEqualTo(1_001);
  }

  @Test
  void rowsOfDifferentKeysAreAllHeldAndTheTimeIsNotThatOfTheirSquare() throws Exception {
    ShardWriter writer = new ShardWriter(7, 1, 1 << 20);
    for (int chunk = 0; chunk < 10; chunk++) {
      RowBytes rows = chunk(ROWS, 1L + (long) chunk * ROWS);
      writer.add(rows.array(), 0, rows.length());
    }

    assertThat(writer.held()).isBetween(5 * ROWS, 10 * ROWS);
    BuiltShard built = writer.write("shard", OutputStream.nullOutputStream());
    assertThat(built.repeatedKeys()).isEqualTo(1);
    assertThat(built.rows()).isEqualTo(10L * ROWS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 10, 1 << 20, 4 << 20})
  void theFileDoesNotDependOnTheOrderOfItsRows(int expected) throws Exception {
    List<RowBytes> chunks = new ArrayList<>();
    for (int chunk = 0; chunk < 6; chunk++) {
      chunks.add(chunk(1_001 + ROWS * (chunk % 2), 7L * chunk));
    }

    BuiltShard built = built(chunks, expected);
    for (int order = 0; order < 3; order++) {
      Collections.rotate(chunks, 1);
      Collections.swap(chunks, 0, 3);
      BuiltShard other = built(chunks, expected);
      assertThat(other.file()).isEqualTo(built.file());
      assertThat(other.histogram().mean()).isEqualTo(built.histogram().mean());
    }
  }

  private static BuiltShard built(List<RowBytes> chunks, int expected) throws Exception {
    ShardWriter writer = new ShardWriter(7, 1, expected);
    for (RowBytes chunk : chunks) {
      writer.add(chunk.array(), 0, chunk.length());
    }

    return writer.write("shard", OutputStream.nullOutputStream());
  }
}
