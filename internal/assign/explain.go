package assign

// result reads what was given out, with the reasons and the measure.
func (s *solver) result() Result {
	var result Result
	given := map[Pair]bool{}
	for _, pair := range s.p.Fixed {
		given[pair] = true
	}
	chosen := s.chosen()
	for i, submission := range s.p.Submissions {
		for _, r := range chosen[i] {
			reviewer := s.p.Reviewers[r]
			pair := Pair{submission.ID, reviewer.ID}
			level := reviewer.level(submission.Path)
			choice := Choice{Pair: pair, Level: level, Given: given[pair]}
			if !choice.Given {
				choice.Passed = s.passed(i, level, chosen[i])
				result.Objective.Match += s.cost[i][r]
			}
			result.Choices = append(result.Choices, choice)
		}
		for missing := range s.missing[i] {
			result.Objective.Missing += s.lack(missing)
		}
		if s.missing[i] > 0 {
			result.Gaps = append(result.Gaps, Gap{submission.ID, s.missing[i], s.passed(i, Foreign-1, chosen[i])})
		}
	}
	for r, reviewer := range s.p.Reviewers {
		for load := s.before[r]; load < s.load[r]; load++ {
			result.Objective.Balance += more(load)
		}
		result.Loads = append(result.Loads, Load{reviewer.ID, s.before[r], s.load[r] - s.before[r], reviewer.Most})
	}
	result.Bound = s.p.bound(s.prices())
	return result
}

// chosen lists the reviewers of each submission: those given before, then the
// others in the order of the problem.
func (s *solver) chosen() [][]int {
	all := make([][]int, len(s.p.Submissions))
	submission, reviewer := s.p.places()
	for _, pair := range s.p.Fixed {
		i := submission[pair.Submission]
		all[i] = append(all[i], reviewer[pair.Reviewer])
	}
	for r, reads := range s.reads {
		for _, i := range reads {
			all[i] = append(all[i], r)
		}
	}
	return all
}

// passed counts those who stand nearer to the path of a submission than level,
// and do not read it.
func (s *solver) passed(i int, level Level, chosen []int) (passed Passed) {
	reads := map[int]bool{}
	for _, r := range chosen {
		reads[r] = true
	}
	for r, reviewer := range s.p.Reviewers {
		switch {
		case reads[r] || reviewer.level(s.p.Submissions[i].Path) <= level:
		case s.open[i][r] >= never:
			passed.Barred++
		case s.load[r] >= reviewer.Most:
			passed.Full++
		default:
			passed.Busy++
		}
	}
	return passed
}
