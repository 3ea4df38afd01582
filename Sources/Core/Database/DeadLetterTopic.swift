/// The topic into which everything goes that could not be read.
public enum DeadLetterTopic {
    public static let name = "nightjar_deadletters"
    /// Fields in the order in which they are written; the message itself is kept with the dead letter.
    public static let schemaJSON =
        #"{"type":"record","name":"nightjar_deadletters","namespace":"nightjar","fields":["#
        + #"{"name":"topic","type":"string"},{"name":"partition","type":"int"},{"name":"offset","type":"long"},"#
        + #"{"name":"reason","type":"string"},{"name":"detail","type":"string"},{"name":"byteOffset","type":"long"},"#
        + #"{"name":"fieldPath","type":"string"},{"name":"messageBytes","type":"long"}]}"#
}
