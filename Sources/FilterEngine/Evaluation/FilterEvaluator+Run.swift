import ADQL
import Core
import Functions

extension FilterEvaluator {
    /// Runs straight-line code over the lanes.
    func run(_ block: Block, _ lanes: Lanes, _ registers: VectorRegisters, _ input: FilterInput) {
        registers.prepare(block, lanes: lanes.count)
        for instruction in block.instructions {
            switch instruction {
            case .loadDouble, .loadInteger, .loadOutcome, .loadText, .loadIsSSO, .loadNight, .loadPresence, .mjdNow,
                .setInteger, .setDouble, .setOutcome, .setText, .setNullNumber, .setNullText:
                load(instruction, lanes, registers, input)
            case .aggregate(let plan, let results):
                if let direct = directAggregates[plan] {
                    aggregateDirectly(program.plans[plan], direct, results, lanes, registers, input)
                } else {
                    aggregate(program.plans[plan], results, lanes, registers, input)
                }
            case .compareDoubles, .compareIntegers, .compareWithDouble, .compareWithInteger, .compareTexts, .compareOutcomes,
                .like:
                compare(instruction, lanes, registers)
            case .and, .or, .not, .numberIsNull, .textIsNull, .outcomeIsNull, .selectNumber, .selectText, .selectOutcome,
                .coalesceNumber, .coalesceText, .coalesceOutcome:
                choose(instruction, lanes, registers)
            default: compute(instruction, lanes, registers)
            }
        }
    }

    /// Notes why a lane's alert fails, if its failure comes to matter.
    func note(_ reason: FilterFailure.Reason, _ lane: Int, _ lanes: Lanes) {
        reasons[Int(lanes.outer[lane])] |= reason.rawValue
    }
}
