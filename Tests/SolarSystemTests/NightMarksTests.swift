import Core
import SolarSystem
import Testing

@Suite struct NightMarksTests {
    private func night(_ day: Int32) -> Night { Night(dayObs: 2026_11_00 + day) }
    private func commit(_ value: Int64) -> CommitSeq { CommitSeq(rawValue: value) }

    @Test func aNightIsDueAgainAfterLaterAlerts() {
        var marks = NightMarks("", newest: commit(100))
        #expect(marks.isHarvestDue(night(1), newest: commit(3), recent: night(10)))
        marks.noteHarvest(night(1), upTo: commit(40))
        #expect(!marks.isHarvestDue(night(1), newest: commit(40), recent: night(10)))
        #expect(marks.isHarvestDue(night(1), newest: commit(41), recent: night(10)))
        #expect(marks.isHarvestDue(night(2), newest: commit(3), recent: night(10)))
        #expect(marks.published(night(1)) == commit(0))
        marks.notePublication(night(1), upTo: commit(50))
        #expect(marks.published(night(1)) == commit(50))
        #expect(marks.text == "20261101 40 50\n")
        #expect(NightMarks(marks.text, newest: commit(100)) == marks)
        // Of a database that has not so many commits.
        #expect(NightMarks(marks.text, newest: commit(45)).published(night(1)) == commit(0))
    }

    @Test func theOldFormSaysThatNightsWereDoneOnce() {
        let marks = NightMarks("20261112\n\nwords\n20261101 7 x\n", newest: commit(100))
        #expect(!marks.isHarvestDue(night(9), newest: commit(3), recent: night(10)))
        #expect(marks.isHarvestDue(night(10), newest: commit(3), recent: night(10)))
        #expect(marks.isHarvestDue(night(13), newest: commit(3), recent: night(14)))
        #expect(marks.isHarvestDue(night(1), newest: commit(8), recent: night(10)))
        #expect(marks.text == "20261112\n20261101 7 0\n")
    }
}
