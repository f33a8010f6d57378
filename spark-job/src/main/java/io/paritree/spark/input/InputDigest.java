package io.paritree.spark.input;

import io.paritree.Sha256;
import io.paritree.output.ScoredInput;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;

/**
 * Which files of an input were read, as a digest that another look at them can be compared with.
 *
 * @param input that has the files
 */
public record InputDigest(Input input) {

  /** Returns what a partition is made of. */
  public ScoredInput of(List<InputFile> files) {
    MessageDigest sha256 = Sha256.digest();
    input.identity().forEach(text -> Sha256.add(sha256, text));
    for (InputFile file : files.stream().sorted(Comparator.comparing(InputFile::name)).toList()) {
      Sha256.add(sha256, file.name());
      Sha256.add(sha256, String.valueOf(file.bytes()));
      Sha256.add(sha256, String.valueOf(file.modifiedMillis()));
    }

    return new ScoredInput(input.shown(), input.version(), files.size(), Sha256.hex(sha256));
  }
}
