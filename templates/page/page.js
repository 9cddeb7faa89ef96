'use strict'
  /* Works on any [data-step], a card of the picture or a button of the list. Texts go in as texts, never as markup. */
;(() => {
  const block = document.getElementById('plan')
  if (!block) return
  const {steps, changes, talks = []} = JSON.parse(block.textContent)
  const byId = new Map(steps.map((step, index) => [step.id, index]))
  const before = steps.map(step => step.after.map(id => byId.get(id)).filter(index => index !== undefined))
  const later = steps.map(() => [])
  before.forEach((list, index) => list.forEach(other => later[other].push(index)))

  const $ = id => document.getElementById(id)
  const canvas = $('canvas')
  const about = $('about')
  const legend = [...about.childNodes]
  const elements = []
  for (const element of canvas.querySelectorAll('[data-step]')) elements[element.dataset.step] = element
  const arrows = [...canvas.querySelectorAll('.arrows path')]
  const waves = []
  for (const element of canvas.querySelectorAll('[data-step]')) {
    ;(waves[element.dataset.wave - 1] ??= []).push(Number(element.dataset.step))
  }
  let picked
  let current = waves[0][0]

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    element.append(...children)
    return element
  }

  /* Choosing a step. */

  const reach = (start, next) => {
    const found = new Set()
    const open = [...next[start]]
    while (open.length > 0) {
      const index = open.pop()
      if (found.has(index)) continue
      found.add(index)
      open.push(...next[index])
    }
    return found
  }

  const pick = index => {
    picked = index
    const ancestors = index === undefined ? new Set() : reach(index, before)
    const descendants = index === undefined ? new Set() : reach(index, later)
    document.body.classList.toggle('has-choice', index !== undefined)
    elements.forEach((element, at) => {
      element.classList.toggle('is-picked', at === index)
      element.classList.toggle('is-before', ancestors.has(at))
      element.classList.toggle('is-later', descendants.has(at))
      element.setAttribute('aria-pressed', String(at === index))
    })
    for (const arrow of arrows) {
      const from = Number(arrow.dataset.from)
      const to = Number(arrow.dataset.to)
      arrow.classList.toggle('is-before', ancestors.has(from) && (ancestors.has(to) || to === index))
      arrow.classList.toggle('is-later', descendants.has(to) && (descendants.has(from) || from === index))
    }
    tally(ancestors, descendants)
    if (index === undefined) return about.replaceChildren(...legend)
    rove(index)
    about.replaceChildren(...describe(index, ancestors.size, descendants.size))
    $('aside').scrollTop = 0
  }

  const tally = (ancestors, descendants) => {
    for (const wave of canvas.querySelectorAll('details.wave')) {
      const inWave = waves[wave.dataset.wave - 1]
      const count = set => inWave.filter(index => set.has(index)).length
      const said = [
        [count(ancestors), 'before it'],
        [count(descendants), 'after it'],
      ]
      wave.querySelector('.tally').textContent = said
        .filter(([number]) => number > 0)
        .map(([number, words]) => `${number} ${words}`)
        .join(', ')
    }
  }

  const describe = (index, ancestors, descendants) => {
    const step = steps[index]
    const close = make('button', 'close', 'Close')
    close.type = 'button'
    close.addEventListener('click', () => letGo())
    const way = make('p', 'about-way version', `${step.from} → `, make('strong', '', step.to))
    return [
      make('div', 'about-head', make('h2', '', step.service), close),
      way,
      make('p', 'faint', `${step.id}: ${step.does}, in wave ${step.wave}`),
      ...step.gates.map(text => make('p', 'notice is-gate', make('strong', '', 'Gate: '), text)),
      ...(step.reversible
        ? []
        : [make('p', 'notice is-one-way', make('strong', '', 'No way back'), ' once it is done.')]),
      ...links('Waits for', before[index], ancestors, ''),
      ...links('Waited for by', later[index], descendants, 'is-later'),
      ...reasons(step),
      ...contracts(step.service),
    ]
  }

  /* What a service says to others at the instant of the slider. */
  const contracts = service => {
    const own = talks.filter(talk => talk.client === service || talk.server === service)
    if (own.length === 0) return []
    const items = own.map(talk => {
      const other = talk.client === service ? `calls ${talk.server}` : `called by ${talk.client}`
      const words = sidesOf(talk)
      return make('li', '', make('span', 'contract-name', talk.contract), `${other}: ${words.asks}; ${words.gives}`)
    })
    return [make('h3', '', `Its contracts, ${whenOf(Number(instant.value))}`), make('ul', 'reasons', ...items)]
  }

  const links = (title, indexes, all, className) => {
    if (indexes.length === 0) return [make('h3', '', title), make('p', '', 'nothing')]
    const buttons = indexes.map(index => {
      const button = make('button', '', steps[index].id)
      button.type = 'button'
      button.addEventListener('click', () => go(index, true))
      return button
    })
    const more = all > indexes.length ? `, ${all} in all` : ''
    return [make('h3', '', title + more), make('div', `links ${className}`, ...buttons)]
  }

  const reasons = step => {
    if (step.reasons.length === 0) return []
    const items = step.reasons.map(({contract, text}) => {
      const name = contract === undefined ? [] : [make('span', 'contract-name', contract)]
      return make('li', '', ...name, text)
    })
    return [make('h3', '', 'Why it stands here'), make('ul', 'reasons', ...items)]
  }

  const letGo = () => {
    pick(undefined)
    elements[current].focus({preventScroll: true})
  }

  /* Moving. */

  const rove = index => {
    elements[current].tabIndex = -1
    current = index
    elements[current].tabIndex = 0
  }

  const go = (index, picks) => {
    elements[index].closest('details')?.setAttribute('open', '')
    rove(index)
    elements[index].focus({preventScroll: true})
    elements[index].scrollIntoView({block: 'nearest', inline: 'nearest'})
    if (picks) pick(index)
  }

  const heightOf = index => {
    const box = elements[index].getBoundingClientRect()
    return box.top + box.height / 2
  }

  /* The step beside this one: of the nearest wave on that side that shows any, the one at the same height. */
  const beside = (index, way) => {
    for (let wave = steps[index].wave - 1 + way; waves[wave]; wave += way) {
      const shown = waves[wave].filter(isFound)
      if (shown.length === 0) continue
      if (canvas.querySelector('details')) return shown[0]
      const middle = heightOf(index)
      return shown.reduce((best, other) =>
        Math.abs(heightOf(other) - middle) < Math.abs(heightOf(best) - middle) ? other : best,
      )
    }
    return undefined
  }

  const along = (index, way) => {
    const shown = waves[steps[index].wave - 1].filter(other => other === index || isFound(other))
    return shown[shown.indexOf(index) + way]
  }

  const isFound = index => !elements[index].classList.contains('is-lost')

  const MOVES = {
    ArrowLeft: index => beside(index, -1),
    ArrowRight: index => beside(index, 1),
    ArrowUp: index => along(index, -1),
    ArrowDown: index => along(index, 1),
  }

  canvas.addEventListener('keydown', event => {
    const element = event.target.closest('[data-step]')
    if (!element || event.ctrlKey || event.metaKey || event.altKey) return
    const index = Number(element.dataset.step)
    const move = MOVES[event.key]
    if (move) {
      event.preventDefault()
      const next = move(index)
      if (next !== undefined) go(next, picked !== undefined)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      pick(index)
    }
  })
  canvas.addEventListener('click', event => {
    const element = event.target.closest('[data-step]')
    if (!element) return
    const index = Number(element.dataset.step)
    if (index === picked) letGo()
    else pick(index)
  })
  canvas.addEventListener('focusin', event => {
    const element = event.target.closest('[data-step]')
    if (element) rove(Number(element.dataset.step))
  })
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && picked !== undefined) letGo()
    if (event.key === '/' && event.target.tagName !== 'INPUT') {
      event.preventDefault()
      find.focus()
    }
  })

  /* Finding. */

  const find = $('find')
  const rows = [...document.querySelectorAll('tr[data-row]')]
  const services = [...document.querySelectorAll('.services li')]
  const search = () => {
    const wanted = find.value.trim().toLowerCase()
    const fits = name => name.toLowerCase().includes(wanted)
    const lost = steps.map(step => !fits(step.service))
    elements.forEach((element, index) => element.classList.toggle('is-lost', lost[index]))
    rows.forEach((row, index) => row.classList.toggle('is-lost', lost[index]))
    services.forEach((item, index) => item.classList.toggle('is-lost', !fits(changes[index][0])))
    const count = lost.filter(isLost => !isLost).length
    $('found').textContent = wanted === '' ? '' : `${count} of ${steps.length} steps`
    if (wanted === '') return
    for (const wave of canvas.querySelectorAll('details.wave')) {
      wave.open = waves[wave.dataset.wave - 1].some(index => !lost[index])
    }
  }
  find.addEventListener('input', () => {
    search()
    talking()
  })
  find.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      find.value = ''
      search()
    }
    const first = waves.flat().find(isFound)
    if (event.key !== 'Enter' || first === undefined) return
    /* Else the key would press the step too, once that has the focus. */
    event.preventDefault()
    go(first, true)
  })

  /* Time. Instants count as in the data: 2 * wave - 1 while a wave is carried out, 2 * wave after it. */

  const instant = $('instant')
  const whenOf = at => {
    if (at === 0) return 'before the first wave'
    const wave = Math.ceil(at / 2)
    if (at % 2 === 1) return `during wave ${wave}`
    return wave === waves.length ? 'after the last wave' : `after wave ${wave}`
  }

  const show = () => {
    const at = Number(instant.value)
    const when = whenOf(at)
    $('now').textContent = when.charAt(0).toUpperCase() + when.slice(1)
    $('live-when').textContent = when
    instant.setAttribute('aria-valuetext', when)
    elements.forEach((element, index) => {
      const {wave} = steps[index]
      element.classList.toggle('is-running', at === 2 * wave - 1)
      element.classList.toggle('is-done', at >= 2 * wave)
    })
    changes.forEach(([, list], index) => {
      const change = list.findLast(change => change.at <= at)
      const item = services[index]
      item.classList.toggle('is-both', change.live.length > 1)
      item.classList.toggle('is-moved', change.at > 0 && change.live.length === 1)
      item.querySelector('.states').replaceChildren(...change.live.map(state => make('span', 'state', state)))
    })
  }
  /* Who is live in which state at the instant; a service that does not move has one state all along. */
  const states = new Map(changes)
  const statesAt = (service, at, known) =>
    states.has(service) ? states.get(service).findLast(change => change.at <= at).live : Object.keys(known)
  const sidesOf = talk => {
    const at = Number(instant.value)
    const asking = statesAt(talk.client, at, talk.asks).filter(state => state in talk.asks)
    const giving = statesAt(talk.server, at, talk.gives).filter(state => state in talk.gives)
    const words = (name, list, said) =>
      list.length === 0 ? `${name}: –` : list.map(state => `${name} ${state}: ${said[state]}`).join(', ')
    return {
      moves: [talk.client, talk.server].some(name => statesAt(name, at, {}).length > 1),
      asks: words(talk.client, asking, talk.asks),
      gives: words(talk.server, giving, talk.gives),
      live: asking.length > 0,
    }
  }

  const MOST_TALKS = 100
  const talking = () => {
    if (!$('talks')) return
    const wanted = find.value.trim().toLowerCase()
    const fits = talk => wanted === '' || [talk.client, talk.server].some(name => name.toLowerCase().includes(wanted))
    const moving = Number(instant.value) % 2 === 1
    const all = talks
      .filter(fits)
      .map(talk => ({...talk, ...sidesOf(talk)}))
      .filter(talk => talk.live && (!moving || talk.moves))
    const rows = all
      .slice(0, MOST_TALKS)
      .map(talk =>
        make(
          'tr',
          '',
          make('th', '', talk.contract),
          make('td', 'version', talk.asks),
          make('td', 'version', talk.gives),
        ),
      )
    $('talks').replaceChildren(...rows)
    const more = all.length > MOST_TALKS ? `, ${MOST_TALKS} of ${all.length} shown: find a service to see its own` : ''
    $('talks-when').textContent = `${whenOf(Number(instant.value))}${moving ? ', of those that move' : ''}${more}`
  }

  instant.addEventListener('input', () => {
    show()
    talking()
    if (picked !== undefined) pick(picked)
  })

  document.querySelector('.tools').hidden = false
  elements[current].tabIndex = 0
  /* A browser may bring back what was typed and set before the page was loaded again. */
  search()
  show()
  talking()
})()
