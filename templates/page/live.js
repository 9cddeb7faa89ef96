/* What goes on, told by the server that the page came from. Texts go in as texts, never as markup. */
;(() => {
  const block = document.getElementById('view')
  if (!block) return
  const {rollout} = JSON.parse(block.textContent)
  const $ = id => document.getElementById(id)
  const steps = JSON.parse($('plan')?.textContent ?? '{"steps":[]}').steps
  const MOODS = ['pending', 'waiting', 'running', 'returning', 'done', 'failed']
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    element.append(...children)
    return element
  }

  const time = ms => {
    const seconds = Math.ceil(ms / 1000)
    return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
  }

  const leftOf = ms => (ms === 0 ? 'long enough; its checks are not sure yet' : `${time(ms)} left`)

  /* A bar for the share that was asked, and a line in it for the one that was measured. */
  const bar = step => {
    const whole = make('span', 'share')
    const asked = make('span', 'share-asked')
    asked.style.setProperty('width', `${step.asked}%`)
    whole.append(asked)
    const words = [`${step.asked} % asked`]
    if (step.measured !== undefined) {
      const mark = make('span', 'share-measured')
      mark.style.setProperty('left', `${Math.min(100, step.measured)}%`)
      whole.append(mark)
      words.push(`${step.measured} % measured`)
    }
    whole.setAttribute('role', 'img')
    whole.setAttribute('aria-label', words.join(', '))
    return [whole, make('span', 'share-words', words.join(', '))]
  }

  const line = step => {
    const left = step.leftMs === undefined ? [] : [make('span', 'faint', leftOf(step.leftMs))]
    const checks = step.checks.map(check => {
      const item = make('li', `check is-${check.verdict}`, make('strong', '', check.name), ` ${check.verdict}`)
      item.title = check.text
      return item
    })
    return make(
      'li',
      `now-step is-${step.mood}`,
      make('div', 'now-line', make('strong', '', step.id), ' ', step.doing, ' ', ...left),
      ...(step.mood === 'running' || step.mood === 'returning' ? [make('div', 'now-share', ...bar(step))] : []),
      ...step.why.map(text => make('p', 'now-why', text)),
      ...(checks.length > 0 ? [make('ul', 'checks', ...checks)] : []),
    )
  }

  const mark = list => {
    const moods = new Map(list.map(step => [step.id, step.mood]))
    for (const element of document.querySelectorAll('#canvas [data-step]')) {
      const mood = moods.get(steps[element.dataset.step].id)
      for (const one of MOODS) element.classList.toggle(`now-${one}`, one === mood)
    }
  }

  const show = said => {
    if (said.is === 'idle') {
      if (rollout !== null) return
      $('live').hidden = true
      return
    }
    /* A rollout began that this page was not made for. */
    if (said.is === 'rollout' && said.id !== rollout) return location.reload()
    $('live').hidden = false
    if (said.is === 'unknown') {
      $('now-error').textContent = said.why
      $('now-error').hidden = false
      return
    }
    $('now-title').textContent = `Rollout ${said.id}`
    $('now-state').textContent = said.state
    $('now-state').className = `badge is-${said.state}`
    $('now-by').textContent = said.by === undefined ? 'nobody carries it out just now' : `by ${said.by}`
    $('now-error').hidden = said.error === undefined
    $('now-error').textContent = said.error ?? ''
    const shown = said.steps.filter(step => step.mood !== 'pending' && step.mood !== 'done')
    const done = said.steps.filter(step => step.mood === 'done').length
    const summary = make('li', 'faint', `${done} of ${said.steps.length} steps are done`)
    $('now-steps').replaceChildren(...shown.slice(0, 40).map(line), summary)
    $('now-said').replaceChildren(
      ...said.said.map(({at, text}) => make('li', '', make('time', 'faint', at.slice(11, 19)), ' ', text)),
    )
    mark(said.steps)
    const ended = ['succeeded', 'failed', 'aborted'].includes(said.state)
    for (const button of document.querySelectorAll('[data-deed]')) button.disabled = ended
  }

  const ask = async (deed, reason) => {
    $('now-answer').textContent = '…'
    const body = JSON.stringify({deed, reason})
    const answer = await fetch('/act', {method: 'POST', headers: {'content-type': 'application/json'}, body})
    $('now-answer').textContent = await answer.text()
    $('now-answer').classList.toggle('is-bad', !answer.ok)
  }
  for (const button of document.querySelectorAll('[data-deed]')) {
    button.addEventListener('click', () => {
      const deed = button.dataset.deed
      const reason = prompt(`${button.textContent}: why? It goes into the record.`)
      if (reason !== null) ask(deed, reason).catch(error => ($('now-answer').textContent = String(error)))
    })
  }

  const source = new EventSource('/events')
  source.onmessage = event => show(JSON.parse(event.data))
  source.onerror = () => {
    $('now-by').textContent = 'the page is not told anything just now: is sluice view still running?'
  }
})()
